// Times of the translation machinery.
#pragma once

#include "emu/timing/estimate.h"

namespace emu {

// What the machinery holds is mmu's.
struct TranslationTimingConfig {
    u64 l2_hit_penalty{5};
    unsigned walkers{4};
    Estimate walk_overhead{10, 10, 23};
};

namespace detail {

template <class V>
void describe_translation(V& v, TranslationTimingConfig& t) {
    v.param("mmu.l2_tlb.hit_penalty", t.l2_hit_penalty, "cycles", 0, 100, "L2 TLB hit over L1 TLB hit");
    v.param("mmu.walkers", t.walkers, "walks", 1, 64, "table walks at the same time");
    estimate(v, "mmu.walk_overhead", t.walk_overhead, "cycles", 0, 200, "a walk besides its descriptor reads");
}

}  // namespace detail

}  // namespace emu
