// Operations of floating-point rows that are the library's with some argument fixed, all of one signature for each
// number of operands.
#pragma once

#include "emu/fp/arithmetic.h"
#include "emu/fp/compare.h"
#include "emu/fp/integral.h"

namespace emu::exec {

using fp::Environment;

template <class F>
using FpBits = fp::Bits<F>;

template <class F>
[[nodiscard]] inline FpBits<F> fp_absolute(FpBits<F> a, Environment&) { return fp::absolute<F>(a); }
template <class F>
[[nodiscard]] inline FpBits<F> fp_negated(FpBits<F> a, Environment&) { return fp::negated<F>(a); }

#define FP_ROUND_TO_INTEGRAL(name, rounding, signal_inexact)                        \
    template <class F>                                                              \
    [[nodiscard]] inline FpBits<F> name(FpBits<F> a, Environment& env) {            \
        return fp::round_to_integral<F>(a, rounding, signal_inexact, env);          \
    }
FP_ROUND_TO_INTEGRAL(fp_frintn, fp::Rounding::TieEven, false)
FP_ROUND_TO_INTEGRAL(fp_frintp, fp::Rounding::PlusInfinity, false)
FP_ROUND_TO_INTEGRAL(fp_frintm, fp::Rounding::MinusInfinity, false)
FP_ROUND_TO_INTEGRAL(fp_frintz, fp::Rounding::Zero, false)
FP_ROUND_TO_INTEGRAL(fp_frinta, fp::Rounding::TieAway, false)
FP_ROUND_TO_INTEGRAL(fp_frintx, env.rounding, true)
FP_ROUND_TO_INTEGRAL(fp_frinti, env.rounding, false)
#undef FP_ROUND_TO_INTEGRAL

template <class F>
[[nodiscard]] inline FpBits<F> fp_frint32z(FpBits<F> a, Environment& env) {
    return fp::round_to_sized_integral<F>(a, fp::Rounding::Zero, 32, env);
}
template <class F>
[[nodiscard]] inline FpBits<F> fp_frint32x(FpBits<F> a, Environment& env) {
    return fp::round_to_sized_integral<F>(a, env.rounding, 32, env);
}
template <class F>
[[nodiscard]] inline FpBits<F> fp_frint64z(FpBits<F> a, Environment& env) {
    return fp::round_to_sized_integral<F>(a, fp::Rounding::Zero, 64, env);
}
template <class F>
[[nodiscard]] inline FpBits<F> fp_frint64x(FpBits<F> a, Environment& env) {
    return fp::round_to_sized_integral<F>(a, env.rounding, 64, env);
}

// Comparisons with zero, as masks.
template <class F>
[[nodiscard]] inline FpBits<F> fp_greater_than_zero(FpBits<F> a, Environment& env) {
    return fp::greater_mask<F>(a, 0, env);
}
template <class F>
[[nodiscard]] inline FpBits<F> fp_equal_to_zero(FpBits<F> a, Environment& env) {
    return fp::equal_mask<F>(a, 0, env);
}
template <class F>
[[nodiscard]] inline FpBits<F> fp_less_than_zero(FpBits<F> a, Environment& env) {
    return fp::greater_mask<F>(0, a, env);
}
template <class F>
[[nodiscard]] inline FpBits<F> fp_not_below_zero(FpBits<F> a, Environment& env) {
    return fp::greater_or_equal_mask<F>(a, 0, env);
}
template <class F>
[[nodiscard]] inline FpBits<F> fp_not_above_zero(FpBits<F> a, Environment& env) {
    return fp::greater_or_equal_mask<F>(0, a, env);
}

// FNMADD and FNMSUB negate the addend too.
template <class F>
[[nodiscard]] inline FpBits<F> fp_fnmadd(FpBits<F> addend, FpBits<F> a, FpBits<F> b, Environment& env) {
    return fp::multiply_add<F>(fp::negated<F>(addend), fp::negated<F>(a), b, env);
}
template <class F>
[[nodiscard]] inline FpBits<F> fp_fnmsub(FpBits<F> addend, FpBits<F> a, FpBits<F> b, Environment& env) {
    return fp::multiply_add<F>(fp::negated<F>(addend), a, b, env);
}

}  // namespace emu::exec
