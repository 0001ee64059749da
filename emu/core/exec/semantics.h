// The manual's shared functions of data processing, as pure functions of host integers. T is u32 or u64.
#pragma once

#include <array>
#include <bit>
#include <type_traits>

#include "emu/isa/decoded_op.h"

namespace emu::exec {

using arch::i64;
using i32 = std::int32_t;
__extension__ using u128 = unsigned __int128;
__extension__ using i128 = __int128;

template <class T>
inline constexpr unsigned kBits = sizeof(T) * 8;
template <class T>
using Signed = std::make_signed_t<T>;

// PSTATE flags as kept in Pe::nzcv.
inline constexpr u32 kFlagN = u32{1} << 31;
inline constexpr u32 kFlagZ = u32{1} << 30;
inline constexpr u32 kFlagC = u32{1} << 29;
inline constexpr u32 kFlagV = u32{1} << 28;

template <class T>
[[nodiscard]] constexpr u32 flags_nz(T value) {
    const u32 n = static_cast<u32>(value >> (kBits<T> - 32)) & kFlagN;
    return n | (u32{value == 0} << 30);
}

template <class T>
struct Sum {
    T value;
    u32 nzcv;
};

// Arm: AddWithCarry(). Subtraction is a + ~b + 1.
template <class T>
[[nodiscard]] constexpr Sum<T> add_with_carry(T a, T b, bool carry_in) {
    T partial{};
    T value{};
    const bool carry_ab = __builtin_add_overflow(a, b, &partial);
    const bool carry_in_out = __builtin_add_overflow(partial, T{carry_in}, &value);
    const u32 overflow = static_cast<u32>(((a ^ value) & (b ^ value)) >> (kBits<T> - 1));
    return {value, flags_nz(value) | (u32{carry_ab || carry_in_out} << 29) | (overflow << 28)};
}
// a - b; the common comparison, without the general carry chain.
template <class T>
[[nodiscard]] constexpr Sum<T> subtract(T a, T b) {
    const T value = static_cast<T>(a - b);
    const u32 overflow = static_cast<u32>(((a ^ b) & (a ^ value)) >> (kBits<T> - 1));
    return {value, flags_nz(value) | (u32{a >= b} << 29) | (overflow << 28)};
}
template <class T>
[[nodiscard]] constexpr Sum<T> add(T a, T b) {
    T value{};
    const bool carry = __builtin_add_overflow(a, b, &value);
    const u32 overflow = static_cast<u32>(((a ^ value) & (b ^ value)) >> (kBits<T> - 1));
    return {value, flags_nz(value) | (u32{carry} << 29) | (overflow << 28)};
}

// Bit f of entry c: condition c holds when NZCV is f. Arm: ConditionHolds(); NV (15) holds always, as AL.
inline constexpr std::array<u16, 16> kConditionHolds = [] {
    std::array<u16, 16> table{};
    for (unsigned flags = 0; flags < 16; ++flags) {
        const bool n = (flags & 8) != 0, z = (flags & 4) != 0, c = (flags & 2) != 0, v = (flags & 1) != 0;
        const std::array<bool, 8> holds{z, c, n, v, c && !z, n == v, n == v && !z, true};
        for (unsigned condition = 0; condition < 16; ++condition) {
            const bool inverted = (condition & 1) != 0 && condition != 15;
            if (holds[condition >> 1] != inverted) table[condition] |= static_cast<u16>(1u << flags);
        }
    }
    return table;
}();
[[nodiscard]] constexpr bool condition_holds(u8 condition, u32 nzcv) {
    return ((kConditionHolds[condition] >> (nzcv >> 28)) & 1) != 0;
}

// Shifts of the shifted-register forms; `amount` is below the width.
struct LSL {
    template <class T>
    [[nodiscard]] static constexpr T shift(T value, unsigned amount) {
        return static_cast<T>(value << amount);
    }
};
struct LSR {
    template <class T>
    [[nodiscard]] static constexpr T shift(T value, unsigned amount) {
        return static_cast<T>(value >> amount);
    }
};
struct ASR {
    template <class T>
    [[nodiscard]] static constexpr T shift(T value, unsigned amount) {
        return static_cast<T>(static_cast<Signed<T>>(value) >> amount);
    }
};
struct ROR {
    template <class T>
    [[nodiscard]] static constexpr T shift(T value, unsigned amount) {
        return std::rotr(value, static_cast<int>(amount));
    }
};

// An extended register or index: op.imm masks, op.option sign-extends, op.shift scales. Arm: ExtendReg().
[[nodiscard]] inline u64 extended(u64 value, const DecodedOp* op) {
    const u64 sign = ((op->imm >> 1) + 1) & (u64{0} - op->option);
    return (((value & op->imm) ^ sign) - sign) << op->shift;
}

// Division never traps: by zero gives zero, and the most negative number by -1 gives itself.
template <class T>
[[nodiscard]] constexpr T divide_unsigned(T a, T b) {
    return b == 0 ? T{0} : static_cast<T>(a / b);
}
template <class T>
[[nodiscard]] constexpr T divide_signed(T a, T b) {
    if (b == 0) return 0;
    if (b == static_cast<T>(-1)) return static_cast<T>(0 - a);
    return static_cast<T>(static_cast<Signed<T>>(a) / static_cast<Signed<T>>(b));
}

[[nodiscard]] constexpr u64 high_product_unsigned(u64 a, u64 b) {
    return static_cast<u64>((u128{a} * b) >> 64);
}
[[nodiscard]] constexpr u64 high_product_signed(u64 a, u64 b) {
    return static_cast<u64>((i128{static_cast<i64>(a)} * static_cast<i64>(b)) >> 64);
}

// Swaps neighbouring groups of `group` bits of a word whose groups alternate under `mask`.
template <class T>
[[nodiscard]] constexpr T swap_groups(T value, u64 mask, unsigned group) {
    const T m = static_cast<T>(mask);
    return static_cast<T>(((value & m) << group) | ((value >> group) & m));
}
template <class T>
[[nodiscard]] constexpr T reverse_bytes(T value) {
    if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
    else return __builtin_bswap32(value);
}
template <class T>
[[nodiscard]] constexpr T reverse_bits(T value) {
    value = swap_groups(value, 0x5555'5555'5555'5555, 1);
    value = swap_groups(value, 0x3333'3333'3333'3333, 2);
    value = swap_groups(value, 0x0f0f'0f0f'0f0f'0f0f, 4);
    return reverse_bytes(value);
}
// Bits equal to the sign bit below it. Arm: CountLeadingSignBits().
template <class T>
[[nodiscard]] constexpr T leading_sign_bits(T value) {
    const T changes = static_cast<T>((value ^ (value << 1)) | 1);
    return static_cast<T>(std::countl_zero(changes));
}

// CRC of one byte at a time, least significant bit first, by the reversed polynomial. Arm: CRC32, CRC32C.
using CrcTable = std::array<u32, 256>;
[[nodiscard]] constexpr CrcTable make_crc_table(u32 reversed_polynomial) {
    CrcTable table{};
    for (u32 byte = 0; byte < 256; ++byte) {
        u32 crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? reversed_polynomial : 0);
        table[byte] = crc;
    }
    return table;
}
inline constexpr CrcTable kCrc32Table = make_crc_table(0xedb8'8320);   // polynomial 0x04c11db7
inline constexpr CrcTable kCrc32cTable = make_crc_table(0x82f6'3b78);  // polynomial 0x1edc6f41

template <unsigned Bytes>
[[nodiscard]] constexpr u32 crc_update(const CrcTable& table, u32 crc, u64 data) {
    for (unsigned i = 0; i < Bytes; ++i, data >>= 8) crc = (crc >> 8) ^ table[(crc ^ data) & 0xff];
    return crc;
}

}  // namespace emu::exec
