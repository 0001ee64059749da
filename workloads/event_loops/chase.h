// A chain of pointers through memory mapped by pages of one size: each load waits for the one before, so a step takes what one
// access takes. The chain visits its nodes in an order that looks random and repeats after each lap.
#pragma once

#include "workloads/event_loops/tables.h"

struct ChaseShape {
    u64 nodes;       // pointers, one for each stride
    u64 stride;      // bytes, a line or more; which line of it holds the node varies, so that the sets of a cache do not decide
    u64 granule;     // bytes of a page: 4K, 16K or 64K
    u64 mapping;     // what maps so many bytes: a page, a block, or a group of either with the Contiguous bit
    bool scattered;  // pages whose neighbours are not neighbours in memory: nothing to aggregate
};

// Maps the chain's region, by a granule of its own and the registers of the upper half, beside `tcr` of the lower; false: a
// shape that there are no tables for, or a granule that the core lacks.
[[nodiscard]] bool map_chase(u64 tcr, const ChaseShape& shape);
// Writes the pointers and returns where the chain begins.
[[nodiscard]] u64 link_chase(const ChaseShape& shape);
// Steps of a lap, as many as warm caches and TLBs up at all.
[[nodiscard]] u64 count_of_lap(const ChaseShape& shape);

// Follows `count` pointers, a multiple of 8 rounded down, from `at`; returns where it got to.
extern "C" u64 chase(u64 count, u64 at);
