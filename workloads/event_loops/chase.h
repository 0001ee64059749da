// A chain of pointers through memory mapped by pages of one size: each load waits for the one before, so a step takes what one
// access takes. The chain visits its nodes in an order that looks random and repeats after each lap.
#pragma once

#include "workloads/event_loops/tables.h"

struct ChaseShape {
    u64 nodes;       // pointers, one for each stride
    u64 stride;      // bytes, a line or more; which line of it holds the node varies, so that the sets of a cache do not decide
    u64 page;        // 4K; 64K or 32M, groups of 16 with the Contiguous bit; 2M; 1G
    bool scattered;  // 4K pages whose neighbours are not neighbours in memory: nothing to aggregate
};

// Maps the chain's region; false: a shape that there are no tables for.
[[nodiscard]] bool map_chase(Table& root, const ChaseShape& shape);
// Writes the pointers and returns where the chain begins.
[[nodiscard]] u64 link_chase(const ChaseShape& shape);
// Steps of a lap, as many as warm caches and TLBs up at all.
[[nodiscard]] u64 count_of_lap(const ChaseShape& shape);

// Follows `count` pointers, a multiple of 8 rounded down, from `at`; returns where it got to.
extern "C" u64 chase(u64 count, u64 at);
