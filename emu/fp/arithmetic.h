// Arithmetic, bit exact and with Arm's flags. F is Half, Single or Double. Names in brackets are the functions of
// the manual's pseudocode (chapter "Shared pseudocode", functions/float).
#pragma once

#include "emu/fp/host_arithmetic.h"

namespace emu::fp {

// For all operands and modes, by integers.
namespace software {

template <class F> [[nodiscard]] Bits<F> add(Bits<F> a, Bits<F> b, Environment& env);
template <class F> [[nodiscard]] Bits<F> subtract(Bits<F> a, Bits<F> b, Environment& env);
template <class F> [[nodiscard]] Bits<F> multiply(Bits<F> a, Bits<F> b, Environment& env);
template <class F> [[nodiscard]] Bits<F> divide(Bits<F> a, Bits<F> b, Environment& env);
template <class F> [[nodiscard]] Bits<F> square_root(Bits<F> a, Environment& env);
template <class F> [[nodiscard]] Bits<F> multiply_add(Bits<F> addend, Bits<F> a, Bits<F> b, Environment& env);

}  // namespace software

// FPAdd
template <class F>
[[nodiscard]] inline Bits<F> add(Bits<F> a, Bits<F> b, Environment& env) {
    if constexpr (host::kAvailable<F>) {
        if (const auto fast = host::add<F>(a, b, env)) [[likely]] return *fast;
    }
    return software::add<F>(a, b, env);
}
// FPSub
template <class F>
[[nodiscard]] inline Bits<F> subtract(Bits<F> a, Bits<F> b, Environment& env) {
    if constexpr (host::kAvailable<F>) {
        if (const auto fast = host::add<F>(a, negated<F>(b), env)) [[likely]] return *fast;
    }
    return software::subtract<F>(a, b, env);
}
// FPMul
template <class F>
[[nodiscard]] inline Bits<F> multiply(Bits<F> a, Bits<F> b, Environment& env) {
    if constexpr (host::kAvailable<F>) {
        if (const auto fast = host::multiply<F>(a, b, env)) [[likely]] return *fast;
    }
    return software::multiply<F>(a, b, env);
}
// FPDiv
template <class F>
[[nodiscard]] inline Bits<F> divide(Bits<F> a, Bits<F> b, Environment& env) {
    if constexpr (host::kAvailable<F>) {
        if (const auto fast = host::divide<F>(a, b, env)) [[likely]] return *fast;
    }
    return software::divide<F>(a, b, env);
}
// FPSqrt
template <class F>
[[nodiscard]] inline Bits<F> square_root(Bits<F> a, Environment& env) {
    if constexpr (host::kAvailable<F>) {
        if (const auto fast = host::square_root<F>(a, env)) [[likely]] return *fast;
    }
    return software::square_root<F>(a, env);
}
// addend + a * b, rounded once. FPMulAdd.
template <class F>
[[nodiscard]] inline Bits<F> multiply_add(Bits<F> addend, Bits<F> a, Bits<F> b, Environment& env) {
    if constexpr (host::kAvailable<F>) {
        if (const auto fast = host::multiply_add<F>(addend, a, b, env)) [[likely]] return *fast;
    }
    return software::multiply_add<F>(addend, a, b, env);
}

// As multiply, but zero times infinity is 2. FPMulX.
template <class F> [[nodiscard]] Bits<F> multiply_extended(Bits<F> a, Bits<F> b, Environment& env);
// 2 - a * b and (3 - a * b) / 2, rounded once. FPRecipStepFused, FPRSqrtStepFused.
template <class F> [[nodiscard]] Bits<F> reciprocal_step(Bits<F> a, Bits<F> b, Environment& env);
template <class F> [[nodiscard]] Bits<F> reciprocal_root_step(Bits<F> a, Bits<F> b, Environment& env);

template <class F> [[nodiscard]] Bits<F> maximum(Bits<F> a, Bits<F> b, Environment& env);   // FPMax
template <class F> [[nodiscard]] Bits<F> minimum(Bits<F> a, Bits<F> b, Environment& env);   // FPMin
// A quiet NaN loses against a number. FPMaxNum, FPMinNum.
template <class F> [[nodiscard]] Bits<F> maximum_number(Bits<F> a, Bits<F> b, Environment& env);
template <class F> [[nodiscard]] Bits<F> minimum_number(Bits<F> a, Bits<F> b, Environment& env);

// Forms of the above that instructions have.
template <class F>
[[nodiscard]] inline Bits<F> multiply_negated(Bits<F> a, Bits<F> b, Environment& env) {
    return negated<F>(multiply<F>(a, b, env));
}
template <class F>
[[nodiscard]] inline Bits<F> absolute_difference(Bits<F> a, Bits<F> b, Environment& env) {
    return absolute<F>(subtract<F>(a, b, env));
}
template <class F>
[[nodiscard]] inline Bits<F> multiply_subtract(Bits<F> addend, Bits<F> a, Bits<F> b, Environment& env) {
    return multiply_add<F>(addend, negated<F>(a), b, env);
}

}  // namespace emu::fp
