#include "mmu/tlb/replacement.h"

#include <algorithm>

namespace mmu {

using arch::u64;

unsigned plru_victim(std::span<const SlotUse> set) {
    const auto by_stamp = [](const SlotUse& a, const SlotUse& b) { return a.stamp < b.stamp; };
    const auto newest = [&](std::span<const SlotUse> part) { return std::ranges::max_element(part, by_stamp)->stamp; };
    std::size_t first = 0;
    while (set.size() > 1) {
        const std::size_t half = (set.size() + 1) / 2;
        const bool go_right = newest(set.first(half)) > newest(set.subspan(half));
        if (go_right) first += half;
        set = go_right ? set.subspan(half) : set.first(half);
    }
    return static_cast<unsigned>(first);
}

unsigned random_victim(u64& state, unsigned count) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return static_cast<unsigned>(((state * 0x2545f4914f6cdd1du) >> 32) % count);
}

}  // namespace mmu
