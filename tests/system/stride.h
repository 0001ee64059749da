// What a round of page_stride costs once the TLBs have settled.
#pragma once

#include "tests/system/guest_runs.h"

namespace system_tests {

// A round of page_stride loads once from each of its pages, in ascending order, then stores the running sum on its
// stack and loads it, the count and the address for the next round. So besides its pages it uses
//  - one data page, that of its stack, kStackAccesses times in a row;
//  - one code page, in the L1I TLB alone: it never leaves it, and never asks the L2 TLB.
// Nothing else runs: no exception is taken between the markers.
inline constexpr u64 kStackAccesses = 4;
inline constexpr u64 kStackPages = 1;

struct Round {
    u64 data_lookups{0};
    u64 l1_refills{0};
    u64 fetch_refills{0};
    u64 l2_refills{0};
    u64 walks_from_cache{0};  // that found a table pointer in the L2 TLB
    u64 descriptors_read{0};
    u64 exceptions{0};
};

struct Stride {
    u64 pages;
    u64 bytes{4096};
};

// Exact: the difference between two runs that differ in their number of rounds, which removes how the phase starts.
[[nodiscard]] Round one_round(Stride stride, const Settings& settings);

// The same for one fully associative structure of `entries`, under LRU, that `used` entries are cyclically asked of:
// all stay, or each is evicted just before it is needed.
[[nodiscard]] constexpr u64 lru_refills(u64 used, u64 entries) {
    return used <= entries ? 0 : used;
}

}  // namespace system_tests
