// Rounding to a whole number in the same format.
#pragma once

#include "emu/fp/environment.h"

namespace emu::fp {

// `signal_inexact`: FRINTX. FPRoundInt.
template <class F>
[[nodiscard]] Bits<F> round_to_integral(Bits<F> a, Rounding rounding, bool signal_inexact, Environment& env);

// FRINT32*, FRINT64*: what no signed integer of `width` bits holds, NaNs included, becomes the most negative one,
// and is an invalid operation. Single and Double only. FPRoundIntN.
template <class F>
[[nodiscard]] Bits<F> round_to_sized_integral(Bits<F> a, Rounding rounding, unsigned width, Environment& env);

}  // namespace emu::fp
