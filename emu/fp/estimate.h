// Estimates of reciprocals and reciprocal square roots, to eight bits.
#pragma once

#include "emu/fp/environment.h"

namespace emu::fp {

template <class F> [[nodiscard]] Bits<F> reciprocal_estimate(Bits<F> a, Environment& env);       // FPRecipEstimate
template <class F> [[nodiscard]] Bits<F> reciprocal_root_estimate(Bits<F> a, Environment& env);  // FPRSqrtEstimate
// FRECPX: the exponent inverted, for scaling before a division. FPRecpX.
template <class F> [[nodiscard]] Bits<F> reciprocal_exponent(Bits<F> a, Environment& env);

// URECPE and URSQRTE, on fractions with 32 bits after the point. UnsignedRecipEstimate, UnsignedRSqrtEstimate.
[[nodiscard]] u32 unsigned_reciprocal_estimate(u32 a);
[[nodiscard]] u32 unsigned_reciprocal_root_estimate(u32 a);

}  // namespace emu::fp
