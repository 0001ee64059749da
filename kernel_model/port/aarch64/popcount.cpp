// What the compiler calls for std::popcount: cores without FEAT_CSSC count bits in a vector register, and the kernel
// uses none. Linux: lib/hweight.c.
#include "mmu/arch/bits.h"

extern "C" int __popcountdi2(arch::u64 word) {
    word -= word >> 1 & 0x5555555555555555;
    word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return static_cast<int>(word * 0x0101010101010101 >> 56);
}
