// Bit-field helpers. Every layout in mmu/arch is declared with BitField<high, low>.
#pragma once

#include <cstdint>

namespace arch {

using u8 = std::uint8_t;
using i8 = std::int8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i64 = std::int64_t;

// A mask of the `count` low bits; count in 0..64.
[[nodiscard]] constexpr u64 low_mask(unsigned count) {
    return count >= 64 ? ~u64{0} : (u64{1} << count) - 1;
}

// Bits [high:low] of a 64-bit word, named as the manual numbers them.
template <unsigned High, unsigned Low = High>
struct BitField {
    static_assert(High < 64 && Low <= High);
    static constexpr unsigned kWidth = High - Low + 1;
    static constexpr u64 kMask = low_mask(kWidth) << Low;

    [[nodiscard]] static constexpr u64 get(u64 word) { return (word & kMask) >> Low; }
    [[nodiscard]] static constexpr u64 make(u64 value) { return (value << Low) & kMask; }
    [[nodiscard]] static constexpr u64 set(u64 word, u64 value) { return (word & ~kMask) | make(value); }
    [[nodiscard]] static constexpr bool test(u64 word) { return (word & kMask) != 0; }
};

// `alignment` is a power of two.
[[nodiscard]] constexpr u64 align_down(u64 value, u64 alignment) { return value & ~(alignment - 1); }
[[nodiscard]] constexpr u64 align_up(u64 value, u64 alignment) { return align_down(value + alignment - 1, alignment); }
[[nodiscard]] constexpr bool is_aligned(u64 value, u64 alignment) { return (value & (alignment - 1)) == 0; }
[[nodiscard]] constexpr i64 sign_extend(u64 value, unsigned width) {
    return static_cast<i64>(value << (64 - width)) >> (64 - width);
}

}  // namespace arch
