// Arithmetic, bit exact and with Arm's flags. F is Half, Single or Double. Names in brackets are the functions of
// the manual's pseudocode (chapter "Shared pseudocode", functions/float).
#pragma once

#include "emu/fp/environment.h"

namespace emu::fp {

template <class F> [[nodiscard]] Bits<F> add(Bits<F> a, Bits<F> b, Environment& env);       // FPAdd
template <class F> [[nodiscard]] Bits<F> subtract(Bits<F> a, Bits<F> b, Environment& env);  // FPSub
template <class F> [[nodiscard]] Bits<F> multiply(Bits<F> a, Bits<F> b, Environment& env);  // FPMul
// As multiply, but zero times infinity is 2. FPMulX.
template <class F> [[nodiscard]] Bits<F> multiply_extended(Bits<F> a, Bits<F> b, Environment& env);
template <class F> [[nodiscard]] Bits<F> divide(Bits<F> a, Bits<F> b, Environment& env);    // FPDiv
template <class F> [[nodiscard]] Bits<F> square_root(Bits<F> a, Environment& env);          // FPSqrt
// addend + a * b, rounded once. FPMulAdd.
template <class F> [[nodiscard]] Bits<F> multiply_add(Bits<F> addend, Bits<F> a, Bits<F> b, Environment& env);
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
