#include "workloads/event_loops/chase.h"

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

u64 node_at(u64 index, const ChaseShape& shape) {
    const u64 line = shape.stride < kPage ? 0 : (index + index / kLinesInPage) * kLine % kPage;
    return kRegion + index * shape.stride + line;
}

// A linear congruence of full period over the next power of two, without the indices beyond: one cycle through all nodes.
u64 next_index(u64 index, u64 nodes, u64 mask) {
    do index = (index * 0x5851f42d4c957f2d + 0x14057b7ef767814f) & mask;
    while (index >= nodes);
    return index;
}

}  // namespace

bool map_chase(Table& root, const ChaseShape& shape) {
    const u64 gigabytes = gigabytes_of(shape);
    const bool needs_leaves = shape.page < kBlock2M;
    if (shape.nodes == 0 || shape.stride < sizeof(u64) || !is_page_size(shape.page)) return false;
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
    u64 mask = 1;
    while (mask < shape.nodes) mask <<= 1;
    --mask;
    for (u64 i = 0; i < shape.nodes; ++i)
        *reinterpret_cast<u64*>(node_at(i, shape)) = node_at(next_index(i, shape.nodes, mask), shape);
    return node_at(0, shape);
}

u64 count_of_lap(const ChaseShape& shape) { return shape.nodes < kMostWarmSteps ? shape.nodes + 8 : kMostWarmSteps; }
