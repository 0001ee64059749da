// Comparisons. Arm: FPCompare, FPCompareEQ, FPCompareGE, FPCompareGT.
#pragma once

#include "emu/fp/environment.h"

namespace emu::fp {

// NZCV in bits 31..28 as PSTATE has it. `signal_quiet`: quiet NaNs too are invalid operations (FCMPE).
template <class F> [[nodiscard]] u32 compare(Bits<F> a, Bits<F> b, bool signal_quiet, Environment& env);

// False where an operand is a NaN. Equality is quiet; the others signal quiet NaNs too.
template <class F> [[nodiscard]] bool is_equal(Bits<F> a, Bits<F> b, Environment& env);
template <class F> [[nodiscard]] bool is_greater_or_equal(Bits<F> a, Bits<F> b, Environment& env);
template <class F> [[nodiscard]] bool is_greater(Bits<F> a, Bits<F> b, Environment& env);

// As the vector comparisons give them: all bits or none.
template <class F>
[[nodiscard]] inline Bits<F> mask_of(bool holds) { return static_cast<Bits<F>>(holds ? ~u64{0} : 0); }
template <class F>
[[nodiscard]] inline Bits<F> equal_mask(Bits<F> a, Bits<F> b, Environment& env) {
    return mask_of<F>(is_equal<F>(a, b, env));
}
template <class F>
[[nodiscard]] inline Bits<F> greater_or_equal_mask(Bits<F> a, Bits<F> b, Environment& env) {
    return mask_of<F>(is_greater_or_equal<F>(a, b, env));
}
template <class F>
[[nodiscard]] inline Bits<F> greater_mask(Bits<F> a, Bits<F> b, Environment& env) {
    return mask_of<F>(is_greater<F>(a, b, env));
}
template <class F>
[[nodiscard]] inline Bits<F> absolute_greater_or_equal_mask(Bits<F> a, Bits<F> b, Environment& env) {
    return greater_or_equal_mask<F>(absolute<F>(a), absolute<F>(b), env);
}
template <class F>
[[nodiscard]] inline Bits<F> absolute_greater_mask(Bits<F> a, Bits<F> b, Environment& env) {
    return greater_mask<F>(absolute<F>(a), absolute<F>(b), env);
}

}  // namespace emu::fp
