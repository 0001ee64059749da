// Conversions and comparisons by the host, where they are provably Arm's. Unlike arithmetic (see host_arithmetic.h)
// most of these are exact, or show by converting back that they are not, and then raise the flag themselves.
#pragma once

#include "emu/fp/host_arithmetic.h"

namespace emu::fp::host {

template <class F>
[[nodiscard]] inline bool is_nan(Bits<F> bits) { return F::magnitude(bits) > F::kInfinity; }

// Numbers compare as IEEE 754 says, in every mode.
template <class F>
[[nodiscard]] inline bool is_comparable(Bits<F> a, Bits<F> b, const Environment& env) {
    return !is_nan<F>(a) && !is_nan<F>(b) && takes<F>(env, a, b);
}

// An integer with no more bits than a significand has is a number of the format: no rounding, no flags.
template <class F>
[[nodiscard]] inline std::optional<Bits<F>> from_integer(i64 value) {
    constexpr u64 kLimit = u64{1} << (F::kFractionBits + 1);
    if (static_cast<u64>(value) + kLimit > 2 * kLimit) return std::nullopt;
    return bits_of<F>(static_cast<Number<F>>(value));
}

// Toward zero, as C++ converts, where the result is in [low, high) and the host's integers hold it. The whole part has
// no more bits than `a`, so converting it back is exact, and shows whether a fraction was lost. Of an unsigned
// integer `low` is -1: what is above it becomes zero.
template <class F>
[[nodiscard]] inline std::optional<i64> to_integer(Bits<F> a, Number<F> low, Number<F> high, Environment& env) {
    const Number<F> x = number<F>(a);
    if (!(x > low && x < high) || !takes<F>(env, a)) return std::nullopt;
    const i64 whole = static_cast<i64>(x);
    if (static_cast<Number<F>>(whole) != x) env.raise(kInexact);
    return whole;
}

// A Double holds every Single.
[[nodiscard]] inline std::optional<u64> widen(u32 a, const Environment& env) {
    if (is_nan<Single>(a) || !takes<Single>(env, a)) return std::nullopt;
    return bits_of<Double>(static_cast<double>(number<Single>(a)));
}
[[nodiscard]] inline std::optional<u32> narrow(u64 a, Rounding rounding, Environment& env) {
    if (rounding != Rounding::TieEven) return std::nullopt;
    const float x = static_cast<float>(number<Double>(a));
    if (!is_ordinary<Single>(bits_of<Single>(x))) return std::nullopt;
    if (static_cast<double>(x) != number<Double>(a)) env.raise(kInexact);
    return bits_of<Single>(x);
}

}  // namespace emu::fp::host
