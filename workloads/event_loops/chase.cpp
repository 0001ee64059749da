#include "workloads/event_loops/chase.h"

#include <initializer_list>

#include "mmu/arch/granule.h"

extern "C" void enable_upper_half(u64 root, u64 tcr);

namespace {

using arch::Granule;

// The region at the end of the address space, and in memory behind the first GiB of RAM, which holds the guest itself.
constexpr u64 kRegion = 0 - (u64{1} << 36);
constexpr u64 kFrames = 2 * kGigabyte;
constexpr u64 kMostBytes = 8 * kGigabyte;
constexpr u64 kMostBytesOfPages = kGigabyte;  // there are tables for so many

constexpr u64 kContiguous = u64{1} << 52;
constexpr u64 kLine = 64;
constexpr u64 kMostWarmSteps = 4'000'000;

// Leaf tables of 4K pages, which take most, and those above; of 64K two hold a GiB.
constexpr u64 kTableBytes = (2 << 20) + (256 << 10);
alignas(64 << 10) u64 tables[kTableBytes / sizeof(u64)];
u64* next_table = tables;

u64* take_table(Granule granule) {
    u64* const taken = next_table;
    next_table += arch::entries_per_table(granule);
    return taken;
}

// One descriptor, or one of a group of equal ones.
struct Leaf {
    int level;
    u64 bytes;
    bool contiguous;
};

bool find_granule(u64 bytes, Granule& found) {
    u64 mmfr0;
    asm("mrs %0, id_aa64mmfr0_el1" : "=r"(mmfr0));
    const bool has_16k = arch::BitField<23, 20>::get(mmfr0) != 0;
    const bool has_64k = arch::BitField<27, 24>::get(mmfr0) == 0;
    for (const Granule granule : {Granule::k4K, Granule::k16K, Granule::k64K})
        if (arch::page_size(granule) == bytes) found = granule;
    return arch::page_size(found) == bytes && (found != Granule::k16K || has_16k) && (found != Granule::k64K || has_64k);
}

bool find_leaf(Granule granule, u64 mapping, Leaf& found) {
    for (int level = 1; level <= arch::kLeafLevel; ++level) {
        const u64 bytes = arch::level_size(granule, level);
        const bool is_group = mapping == bytes * arch::contiguous_count(granule, level);
        if (!arch::leaf_allowed(granule, level) || (mapping != bytes && !is_group)) continue;
        found = {level, bytes, mapping != bytes};
        return true;
    }
    return false;
}

// The descriptor of `va` at `level`; tables above it are made as they are needed.
u64& descriptor_of(u64* table, Granule granule, u64 va, int level) {
    va &= arch::low_mask(48);  // the root of 64K pages has entries for no more
    for (int above = 1; above < level; ++above) {
        u64& entry = table[arch::table_index(granule, above, va)];
        if (entry == 0) entry = address(take_table(granule)) | 1 | kTableOrPage;
        table = reinterpret_cast<u64*>(entry & ~(kPage - 1));
    }
    return table[arch::table_index(granule, level, va)];
}

// Reversed within each group of eight: no aligned group of 2, 4 or 8 neighbours ascends.
u64 frame_of(u64 index, bool scattered) { return scattered ? index ^ 7 : index; }

void map_leaves(u64* root, Granule granule, const Leaf& leaf, u64 bytes, bool scattered) {
    const u64 kind = kNormal | (leaf.level == arch::kLeafLevel ? kTableOrPage : 0) | (leaf.contiguous ? kContiguous : 0);
    for (u64 done = 0; done < bytes; done += leaf.bytes) {
        const u64 frame = kFrames + frame_of(done / leaf.bytes, scattered) * leaf.bytes;
        descriptor_of(root, granule, kRegion + done, leaf.level) = frame | kind;
    }
}

// TCR_EL1 for TTBR1_EL1: tables from level 1 on, Write-Back Inner Shareable walks.
u64 upper_half(Granule granule) {
    const u64 t1sz = granule == Granule::k4K ? 25 : granule == Granule::k16K ? 17 : 16;
    const u64 tg1 = granule == Granule::k4K ? 2 : granule == Granule::k16K ? 1 : 3;
    return t1sz << 16 | 1 << 24 | 1 << 26 | 3 << 28 | tg1 << 30;
}

u64 rounded_up(u64 bytes, u64 unit) { return (bytes + unit - 1) / unit * unit; }

// Which line of its stride holds a node, so that nodes spread over all sets of a cache: evenly where there is one in a page, for
// few of them are to stay in L1D; by chance where there are more.
u64 line_of(u64 index, const ChaseShape& shape) {
    const u64 lines_in_page = shape.granule / kLine;
    if (shape.stride >= shape.granule) return (index + index / lines_in_page) % lines_in_page;
    return (index * 0x9e3779b97f4a7c15 >> 58) % (shape.stride / kLine);
}

u64 node_at(u64 index, const ChaseShape& shape) {
    return kRegion + index * shape.stride + line_of(index, shape) * kLine;
}

// The order of visits: a permutation of `bits` bits without locality (odd factors and shifts to the right are each
// invertible), the indices beyond `nodes` left out.
class VisitOrder {
public:
    explicit VisitOrder(u64 nodes) : nodes_{nodes} {
        while (u64{1} << bits_ < nodes) ++bits_;
    }
    // The first visit at or after position `at`, which moves behind it.
    u64 next(u64& at) const {
        u64 index = mixed(at++);
        while (index >= nodes_) index = mixed(at++);
        return index;
    }

private:
    [[nodiscard]] u64 mixed(u64 x) const {
        const u64 mask = (u64{1} << bits_) - 1;
        const u64 half = (bits_ + 1) / 2;
        for (const u64 factor : {u64{0xbf58476d1ce4e5b9}, u64{0x94d049bb133111eb}, u64{0x5851f42d4c957f2d}}) {
            x = (x * factor + 0x14057b7ef767814f) & mask;
            x ^= x >> half;
        }
        return x;
    }

    u64 nodes_;
    u64 bits_{1};
};

}  // namespace

bool map_chase(u64 tcr, const ChaseShape& shape) {
    constexpr u64 kNoWalks = u64{1} << 23;  // TCR_EL1.EPD1
    Granule granule{};
    Leaf leaf{};
    if (shape.nodes == 0 || shape.stride < kLine || !find_granule(shape.granule, granule)) return false;
    if (!find_leaf(granule, shape.mapping, leaf)) return false;
    const u64 unit = shape.mapping > kGigabyte ? shape.mapping : kGigabyte;
    const u64 bytes = rounded_up(shape.nodes * shape.stride, unit);
    if (bytes > (leaf.level == arch::kLeafLevel ? kMostBytesOfPages : kMostBytes)) return false;
    u64* const root = take_table(granule);
    map_leaves(root, granule, leaf, bytes, shape.scattered);
    enable_upper_half(address(root), (tcr & ~kNoWalks) | upper_half(granule));
    return true;
}

u64 link_chase(const ChaseShape& shape) {
    const VisitOrder order{shape.nodes};
    u64 position = 0;
    const u64 first = node_at(order.next(position), shape);
    u64 node = first;
    for (u64 i = 1; i < shape.nodes; ++i) {
        const u64 next = node_at(order.next(position), shape);
        *reinterpret_cast<u64*>(node) = next;
        node = next;
    }
    *reinterpret_cast<u64*>(node) = first;
    return first;
}

u64 count_of_lap(const ChaseShape& shape) { return shape.nodes < kMostWarmSteps ? shape.nodes + 8 : kMostWarmSteps; }
