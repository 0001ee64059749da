// The host's floating-point unit, where its result and Arm's are provably the same. What includes this is compiled
// with -ffp-contract=off (see CMakeLists.txt): each operation is one of IEEE 754's.
//
// The host computes IEEE 754 binary32 and binary64 in the default environment, which this process never leaves:
// round to nearest, ties to even. In that mode IEEE 754 leaves no freedom in a result, so it is Arm's unless
//   - an operand is denormal and FPCR.FZ flushes it: `takes` refuses it;
//   - an operand is a NaN: which NaN comes out is not IEEE's, so results that are NaN are refused;
//   - the result is tiny: Arm's flags and FZ then look at the unrounded value. A result above the smallest normal
//     number is not tiny, as rounding is monotonic and that number is exact; nor is the zero that a zero operand makes;
//   - a flag is to be raised. Infinite results are refused, so overflow, division by zero and invalid operations
//     are; underflow is by the above. Inexact is left: either FPSR.IXC is set already, and flags are cumulative, or
//     the result is shown to be exact.
// FPCR.DN and AHP then have no say.
#pragma once

#include <bit>
#include <cfloat>
#include <cmath>
#include <optional>

#include "emu/fp/environment.h"

namespace emu::fp::host {

static_assert(FLT_EVAL_METHOD == 0, "the host must round each operation to its type");
static_assert(FLT_MANT_DIG == 24 && DBL_MANT_DIG == 53, "float and double must be binary32 and binary64");

template <class F>
struct Types;
template <>
struct Types<Single> {
    using Number = float;
};
template <>
struct Types<Double> {
    using Number = double;
};
template <class F>
using Number = typename Types<F>::Number;

template <class F>
inline constexpr bool kAvailable = std::is_same_v<F, Single> || std::is_same_v<F, Double>;

template <class F>
[[nodiscard]] inline Number<F> number(Bits<F> bits) { return std::bit_cast<Number<F>>(bits); }
template <class F>
[[nodiscard]] inline Bits<F> bits_of(Number<F> value) { return std::bit_cast<Bits<F>>(value); }

[[nodiscard]] inline bool rounds_alike(const Environment& env) { return env.rounding == Rounding::TieEven; }
[[nodiscard]] inline bool inexact_is_set(const Environment& env) { return (env.fpsr & kInexact) != 0; }

// Not denormal.
template <class F>
[[nodiscard]] inline bool is_plain(Bits<F> bits) { return F::exponent_field(bits) != 0 || F::magnitude(bits) == 0; }
// No operand is flushed.
template <class F, class... Operands>
[[nodiscard]] inline bool takes(const Environment& env, Operands... operands) {
    return !env.flushes<F>() || (is_plain<F>(operands) && ...);
}
// Finite, and above the smallest normal number.
template <class F>
[[nodiscard]] inline bool is_ordinary(Bits<F> bits) {
    constexpr u64 kSmallest = F::kFraction + 1;
    return F::magnitude(bits) - (kSmallest + 1) < F::kInfinity - (kSmallest + 1);
}

template <class F>
[[nodiscard]] inline bool is_zero(Bits<F> bits) { return F::magnitude(bits) == 0; }

// Bits from the leading one to the last one of a significand; of denormal numbers perhaps fewer.
template <class F>
[[nodiscard]] inline int significant_bits(Bits<F> bits) {
    return static_cast<int>(F::kFractionBits) + 1 - std::countr_zero((bits & F::kFraction) | (F::kFraction + 1));
}
// The product of two numbers has no more significant bits than both together.
template <class F>
[[nodiscard]] inline bool product_is_exact(Bits<F> a, Bits<F> b) {
    return significant_bits<F>(a) + significant_bits<F>(b) <= static_cast<int>(F::kFractionBits) + 1;
}
// Knuth's two-sum: in round to nearest the error of `sum` is itself a number, computed without error; where
// an intermediate overflows the outcome is no zero.
template <class N>
[[nodiscard]] inline bool sum_is_exact(N a, N b, N sum) {
    const N b_virtual = sum - a;
    const N a_virtual = sum - b_virtual;
    return (a - a_virtual) + (b - b_virtual) == N{0};
}

// An exact zero sum is +0, or -0 from two -0, as on Arm.
template <class F>
[[nodiscard]] inline std::optional<Bits<F>> add(Bits<F> a, Bits<F> b, const Environment& env) {
    if (!rounds_alike(env) || !takes<F>(env, a, b)) return std::nullopt;
    const Number<F> sum = number<F>(a) + number<F>(b);
    const Bits<F> bits = bits_of<F>(sum);
    if (!is_ordinary<F>(bits) && !is_zero<F>(bits)) return std::nullopt;
    if (!inexact_is_set(env) && !sum_is_exact(number<F>(a), number<F>(b), sum)) return std::nullopt;
    return bits;
}

template <class F>
[[nodiscard]] inline std::optional<Bits<F>> multiply(Bits<F> a, Bits<F> b, const Environment& env) {
    if (!rounds_alike(env) || !takes<F>(env, a, b)) return std::nullopt;
    const Bits<F> bits = bits_of<F>(number<F>(a) * number<F>(b));
    if (is_zero<F>(bits) && (is_zero<F>(a) || is_zero<F>(b))) return bits;
    if (!is_ordinary<F>(bits)) return std::nullopt;
    if (!inexact_is_set(env) && !product_is_exact<F>(a, b)) return std::nullopt;
    return bits;
}

template <class F>
[[nodiscard]] inline std::optional<Bits<F>> divide(Bits<F> a, Bits<F> b, const Environment& env) {
    if (!rounds_alike(env) || !takes<F>(env, a, b)) return std::nullopt;
    const Number<F> quotient = number<F>(a) / number<F>(b);
    const Bits<F> bits = bits_of<F>(quotient);
    if (is_zero<F>(bits) && is_zero<F>(a)) return bits;
    if (!is_ordinary<F>(bits)) return std::nullopt;
    if (inexact_is_set(env)) return bits;
    // The product is computed exactly, so equality shows that nothing was rounded away.
    if (!product_is_exact<F>(bits, b) || quotient * number<F>(b) != number<F>(a)) return std::nullopt;
    return bits;
}

template <class F>
[[nodiscard]] inline std::optional<Bits<F>> square_root(Bits<F> a, const Environment& env) {
    if (!rounds_alike(env) || !takes<F>(env, a)) return std::nullopt;
    const Number<F> root = std::sqrt(number<F>(a));
    const Bits<F> bits = bits_of<F>(root);
    if (!is_ordinary<F>(bits)) return std::nullopt;
    if (inexact_is_set(env)) return bits;
    if (!product_is_exact<F>(bits, bits) || root * root != number<F>(a)) return std::nullopt;
    return bits;
}

template <class F>
[[nodiscard]] inline std::optional<Bits<F>> multiply_add(Bits<F> addend, Bits<F> a, Bits<F> b,
                                                         const Environment& env) {
    if (!rounds_alike(env) || !takes<F>(env, addend, a, b)) return std::nullopt;
    const Number<F> result = std::fma(number<F>(a), number<F>(b), number<F>(addend));
    const Bits<F> bits = bits_of<F>(result);
    if (!is_ordinary<F>(bits)) return std::nullopt;
    if (inexact_is_set(env)) return bits;
    const Number<F> product = number<F>(a) * number<F>(b);
    if (!is_ordinary<F>(bits_of<F>(product)) || !product_is_exact<F>(a, b)) return std::nullopt;
    if (!sum_is_exact(product, number<F>(addend), result)) return std::nullopt;
    return bits;
}

}  // namespace emu::fp::host
