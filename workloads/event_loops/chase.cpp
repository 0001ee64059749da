#include "workloads/event_loops/chase.h"

#include <initializer_list>

namespace {

// The region in the address space, and in memory behind the first GiB of RAM, which holds the guest itself.
constexpr u64 kRegion = 8 * kGigabyte;
constexpr u64 kFrames = 2 * kGigabyte;
constexpr u64 kMostGigabytes = 8;
constexpr u64 kLeafTables = 512;  // of 4K pages: 1 GiB

constexpr u64 kBlock2M = u64{1} << 21;
constexpr u64 kContiguous = u64{1} << 52;
constexpr u64 kLine = 64;
constexpr u64 kLinesInPage = kPage / kLine;
constexpr u64 kMostWarmSteps = 4'000'000;

Table directories[kMostGigabytes];
Table leaf_tables[kLeafTables];

u64 contiguous_of(u64 page) { return page == 16 * kPage || page == 16 * kBlock2M ? kContiguous : 0; }

// Reversed within each group of eight: no aligned group of 2, 4 or 8 neighbours ascends.
u64 frame_of(u64 index, bool scattered) { return scattered ? index ^ 7 : index; }

void map_leaves(u64 gigabyte, const ChaseShape& shape) {
    for (u64 t = 0; t < kEntries; ++t) {
        directories[gigabyte].entry[t] = table_at(leaf_tables[t]);
        for (u64 i = 0; i < kEntries; ++i) {
            const u64 frame = kFrames + frame_of(t * kEntries + i, shape.scattered) * kPage;
            leaf_tables[t].entry[i] = frame | kNormal | kTableOrPage | contiguous_of(shape.page);
        }
    }
}

void map_blocks(u64 gigabyte, const ChaseShape& shape) {
    for (u64 i = 0; i < kEntries; ++i)
        directories[gigabyte].entry[i] =
            (kFrames + gigabyte * kGigabyte + i * kBlock2M) | kNormal | contiguous_of(shape.page);
}

u64 gigabytes_of(const ChaseShape& shape) { return (shape.nodes * shape.stride + kGigabyte - 1) / kGigabyte; }

bool is_page_size(u64 page) {
    return page == kPage || page == 16 * kPage || page == kBlock2M || page == 16 * kBlock2M || page == kGigabyte;
}

// Which line of its stride holds a node, so that nodes spread over all sets of a cache: evenly where there is one in a page, for
// few of them are to stay in L1D; by chance where there are more.
u64 line_of(u64 index, u64 stride) {
    if (stride >= kPage) return (index + index / kLinesInPage) % kLinesInPage;
    return (index * 0x9e3779b97f4a7c15 >> 58) % (stride / kLine);
}

u64 node_at(u64 index, const ChaseShape& shape) {
    return kRegion + index * shape.stride + line_of(index, shape.stride) * kLine;
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

bool map_chase(Table& root, const ChaseShape& shape) {
    const u64 gigabytes = gigabytes_of(shape);
    const bool needs_leaves = shape.page < kBlock2M;
    if (shape.nodes == 0 || shape.stride < kLine || !is_page_size(shape.page)) return false;
    if (gigabytes > kMostGigabytes || (needs_leaves && gigabytes > 1)) return false;
    for (u64 g = 0; g < gigabytes; ++g) {
        u64& entry = root.entry[kRegion / kGigabyte + g];
        entry = shape.page == kGigabyte ? (kFrames + g * kGigabyte) | kNormal : table_at(directories[g]);
        if (needs_leaves) map_leaves(g, shape);
        else map_blocks(g, shape);
    }
    asm volatile("dsb ishst; isb" ::: "memory");
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
