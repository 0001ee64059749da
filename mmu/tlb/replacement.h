// Who leaves a full set. Both exact policies are functions of the time of last use, so a hit stores one stamp and
// nothing else.
#pragma once

#include <span>

#include "mmu/tlb/slot_use.h"

namespace mmu {

// Index of the least recently used slot; of equal stamps the first.
[[nodiscard]] inline unsigned lru_victim(std::span<const SlotUse> set) {
    unsigned oldest = 0;
    arch::u64 stamp = set[0].stamp;
    for (unsigned i = 1; i < set.size(); ++i) {
        const bool older = set[i].stamp < stamp;  // conditional moves: the order is unpredictable
        stamp = older ? set[i].stamp : stamp;
        oldest = older ? i : oldest;
    }
    return oldest;
}

// Tree pseudo-LRU: a node points away from the half that was used last, which is the half with the newest stamp.
// With an odd number of slots the first half is the larger one.
[[nodiscard]] unsigned plru_victim(std::span<const SlotUse> set);

// xorshift64*: advances `state`, which is not 0, and returns a number below `count`.
[[nodiscard]] unsigned random_victim(arch::u64& state, unsigned count);

}  // namespace mmu
