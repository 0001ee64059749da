// Arithmetic of one element: exact intermediate results, saturation and shifts, as the manual's pseudocode has them.
#pragma once

#include <limits>
#include <type_traits>

#include "emu/core/exec/simd_lanes.h"

namespace emu::exec {

template <class T>
struct WiderOf;
template <> struct WiderOf<u8> { using Type = u16; };
template <> struct WiderOf<u16> { using Type = u32; };
template <> struct WiderOf<u32> { using Type = u64; };
template <> struct WiderOf<u64> { using Type = u128; };
template <> struct WiderOf<i8> { using Type = i16; };
template <> struct WiderOf<i16> { using Type = i32; };
template <> struct WiderOf<i32> { using Type = i64; };
template <> struct WiderOf<i64> { using Type = i128; };
template <class T>
using Wider = typename WiderOf<T>::Type;

template <class T>
using Unsigned = std::make_unsigned_t<T>;
// Holds a doubled product of two elements, and sums of it.
template <class T>
using Exact = std::conditional_t<sizeof(T) <= 2, i64, i128>;

// Sums and products modulo the element size, without the overflow of host integers: small ones become int there.
template <class T>
[[nodiscard]] constexpr T wrapping_add(T a, T b) {
    return static_cast<T>(static_cast<Unsigned<T>>(a) + static_cast<Unsigned<T>>(b));
}
template <class T>
[[nodiscard]] constexpr T wrapping_sub(T a, T b) {
    return static_cast<T>(static_cast<Unsigned<T>>(a) - static_cast<Unsigned<T>>(b));
}
template <class T>
[[nodiscard]] constexpr T wrapping_mul(T a, T b) {
    using Host = std::conditional_t<sizeof(T) < 4, u32, Unsigned<T>>;
    return static_cast<T>(static_cast<Host>(a) * static_cast<Host>(b));
}
template <class T>
[[nodiscard]] constexpr T absolute_difference(T a, T b) {
    return a > b ? wrapping_sub(a, b) : wrapping_sub(b, a);
}

// Arm: SatQ(). From holds all values of T.
template <class T, class From>
[[nodiscard]] constexpr T saturate(From value, bool& saturated) {
    static_assert(sizeof(From) > sizeof(T));
    constexpr From kLeast = std::numeric_limits<T>::min();
    constexpr From kMost = static_cast<From>(std::numeric_limits<T>::max());
    if (value > kMost) {
        saturated = true;
        return std::numeric_limits<T>::max();
    }
    // Below zero or not: an unsigned source cannot be too small.
    if constexpr (std::is_unsigned_v<From> || std::is_same_v<From, u128>) return static_cast<T>(value);
    if (value < kLeast) {
        saturated = true;
        return std::numeric_limits<T>::min();
    }
    return static_cast<T>(value);
}

template <class T>
[[nodiscard]] constexpr T saturated_end(bool negative) {
    return negative ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
}
template <class T>
[[nodiscard]] constexpr T saturating_add(T a, T b, bool& saturated) {
    T sum{};
    if (!__builtin_add_overflow(a, b, &sum)) return sum;
    saturated = true;
    return saturated_end<T>(a < 0);
}
template <class T>
[[nodiscard]] constexpr T saturating_sub(T a, T b, bool& saturated) {
    T difference{};
    if (!__builtin_sub_overflow(a, b, &difference)) return difference;
    saturated = true;
    return saturated_end<T>(std::is_unsigned_v<T> || a < 0);
}

// `amount` from 0 on, however large. Signed values shift in their sign.
template <class T>
[[nodiscard]] constexpr T shift_right(T value, unsigned amount) {
    if (amount >= kBits<T>) return static_cast<T>(value < 0 ? -1 : 0);
    return static_cast<T>(value >> amount);
}
// (value + (1 << (amount - 1))) >> amount in unbounded integers; `amount` from 1 on.
template <class T>
[[nodiscard]] constexpr T shift_right_rounded(T value, unsigned amount) {
    if (amount > kBits<T>) return 0;
    return wrapping_add(shift_right(value, amount), static_cast<T>(value >> (amount - 1) & 1));
}
template <class T>
[[nodiscard]] constexpr T shift_left(T value, unsigned amount) {
    return amount >= kBits<T> ? T{0} : static_cast<T>(static_cast<Unsigned<T>>(value) << amount);
}
template <class T>
[[nodiscard]] constexpr T saturating_shift_left(T value, unsigned amount, bool& saturated) {
    if (value == 0) return 0;
    const T shifted = shift_left(value, amount);
    if (amount < kBits<T> && shift_right(shifted, amount) == value) return shifted;
    saturated = true;
    return saturated_end<T>(value < 0);
}

// (2 * a * b + rounding) >> bits, exactly. Arm: SQDMULH, SQRDMULH.
template <class T>
[[nodiscard]] constexpr Exact<T> doubled_product(T a, T b) {
    return 2 * (Exact<T>{a} * b);
}
template <class T>
inline constexpr Exact<T> kHalfUnit = Exact<T>{1} << (kBits<T> - 1);

}  // namespace emu::exec
