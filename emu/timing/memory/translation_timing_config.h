// Times of the translation machinery.
#pragma once

#include "emu/timing/estimate.h"

namespace emu {

// The cache that the walker reads descriptors from.
enum class WalkFetch : arch::u8 { L1d, L2 };

// What the machinery holds is mmu's.
struct TranslationTimingConfig {
    u64 l2_hit_penalty{5};
    unsigned walkers{4};
    Estimate walk_overhead{10, 10, 23};
    WalkFetch walk_fetch{WalkFetch::L1d};
    bool walk_priority{true};
    unsigned walk_prefetch{0};
    Estimate stage2_trap{1500, 3000, 6000};
};

namespace detail {

template <class V>
void describe_translation(V& v, TranslationTimingConfig& t) {
    v.param("mmu.l2_tlb.hit_penalty", t.l2_hit_penalty, "cycles", 0, 100, "L2 TLB hit over L1 TLB hit");
    v.param("mmu.walkers", t.walkers, "walks", 1, 64, "table walks at the same time");
    estimate(v, "mmu.walk_overhead", t.walk_overhead, "cycles", 0, 200, "a walk besides its descriptor reads");
    v.choice("mmu.walk_fetch", t.walk_fetch, {{"l1d", WalkFetch::L1d}, {"l2", WalkFetch::L2}},
             "the cache that walks read descriptors from");
    v.param("mmu.walk_priority", t.walk_priority, "descriptor reads do not queue behind outstanding data misses");
    estimate(v, "mmu.stage2_trap", t.stage2_trap, "cycles", 0, 100000, "a stage 2 fault: to EL2, the mapping of memory there, and back");
    v.param("mmu.walk_prefetch", t.walk_prefetch, "lines", 0, 8, "behind a descriptor line that L2 is asked for");
}

}  // namespace detail

}  // namespace emu
