// Arithmetic on exact values: nothing is rounded here but into the lowest bit (see Exact).
#pragma once

#include <optional>
#include <utility>

#include "emu/fp/operand.h"

namespace emu::fp {

[[nodiscard]] inline Exact product(const Operand& a, const Operand& b) {
    return {a.negative != b.negative, a.exponent + b.exponent, u128{a.significand} * b.significand};
}

// Moves the highest bit to bit 125: a sum of two such values fits, and of at most 106 bits at least 20 are zero.
[[nodiscard]] inline Exact widened(const Exact& a) {
    const int shift = 125 - (a.top() - a.exponent);
    return {a.negative, a.exponent - shift, a.significand << shift};
}

// Shifts right, and keeps in bit 0 whether anything was lost.
[[nodiscard]] inline u128 shift_right_sticky(u128 value, int shift) {
    if (shift >= 128) return u128{value != 0};
    const u128 lost = value & ((u128{1} << shift) - 1);
    return (value >> shift) | u128{lost != 0};
}

// a + b; nothing where it is zero. Operands have at most 106 significant bits, so the smaller loses bits only
// when it is shifted by more than one, and then at most one leading bit of the larger cancels.
[[nodiscard]] inline std::optional<Exact> sum(const Exact& a, const Exact& b) {
    Exact large = widened(a);
    Exact small = widened(b);
    const bool swap = small.exponent > large.exponent ||
                      (small.exponent == large.exponent && small.significand > large.significand);
    if (swap) std::swap(large, small);
    const u128 shifted = shift_right_sticky(small.significand, large.exponent - small.exponent);
    const bool same_sign = large.negative == small.negative;
    large.significand = same_sign ? large.significand + shifted : large.significand - shifted;
    if (large.significand == 0) return std::nullopt;
    return large;
}

// a / b to 62 bits or more.
[[nodiscard]] inline Exact quotient(const Operand& a, const Operand& b) {
    const int up = std::countl_zero(a.significand);
    const int divisor_up = std::countl_zero(b.significand);
    const u128 dividend = u128{a.significand << up} << 62;
    const u64 divisor = b.significand << divisor_up;
    const bool rest = dividend % divisor != 0;
    return {a.negative != b.negative, a.exponent - up - 62 - (b.exponent - divisor_up),
            (dividend / divisor) | u128{rest}};
}

// The square root of a positive value to 62 bits or more.
[[nodiscard]] inline Exact root(const Operand& a) {
    int up = std::countl_zero(a.significand) + 61;
    if (((a.exponent - up) & 1) != 0) --up;
    u128 rest = u128{a.significand} << up;
    u64 result = 0;
    for (int bit = 63; bit >= 0; --bit) {
        const u128 trial = (u128{result} << (bit + 1)) + (u128{1} << (2 * bit));
        if (rest < trial) continue;
        rest -= trial;
        result |= u64{1} << bit;
    }
    return {false, (a.exponent - up) / 2 - 1, (u128{result} << 1) | u128{rest != 0}};
}

}  // namespace emu::fp
