// Bitmask immediates of the logical instructions. Arm: DecodeBitMasks().
#pragma once

#include <bit>
#include <optional>

#include "mmu/arch/bits.h"

namespace emu {

// The value that N:imms:immr stand for, for an operation of `bits` (32 or 64) bits; nothing where the
// combination is reserved.
[[nodiscard]] constexpr std::optional<arch::u64> decode_bitmask(arch::u32 n, arch::u32 imms, arch::u32 immr,
                                                                unsigned bits) {
    const arch::u32 selector = (n << 6) | (~imms & 0x3fu);
    if (selector < 2 || (n == 1 && bits == 32)) return std::nullopt;
    const unsigned element_log2 = static_cast<unsigned>(std::bit_width(selector)) - 1;
    const unsigned element = 1u << element_log2;
    const unsigned ones = imms & (element - 1);
    if (ones == element - 1) return std::nullopt;
    const unsigned rotation = immr & (element - 1);
    const arch::u64 run = arch::low_mask(ones + 1);
    const arch::u64 rotated =
        rotation == 0 ? run : ((run >> rotation) | (run << (element - rotation))) & arch::low_mask(element);
    arch::u64 value = rotated;
    for (unsigned width = element; width < bits; width *= 2) value |= value << width;
    return value;
}

}  // namespace emu
