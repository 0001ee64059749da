// What a TLB keeps per slot for replacement and for the memos over it.
#pragma once

#include "mmu/arch/bits.h"

namespace mmu {

// Hits are counted by the reach of the entry: up to 4 KiB, up to 32 KiB, up to 1 MiB, more.
inline constexpr unsigned kReachClasses = 4;
[[nodiscard]] constexpr unsigned reach_class(unsigned reach_shift) {
    return reach_shift <= 12 ? 0 : reach_shift < 16 ? 1 : reach_shift < 21 ? 2 : 3;
}

struct SlotUse {
    arch::u64 stamp{0};  // the TLB's clock at the last use
    arch::u64 life{0};   // a Life: changes whenever the slot's entry does
};

// A serial number that no other life of the TLB has, and the two facts about the entry that a memo wants.
struct Life {
    using ReachClass = arch::BitField<1, 0>;
    using Shared = arch::BitField<2>;  // a global entry of the upper half
    using Serial = arch::BitField<63, 3>;
};
static_assert(kReachClasses == 1u << Life::ReachClass::kWidth);

}  // namespace mmu
