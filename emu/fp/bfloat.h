// Arithmetic of BFloat16 and Half products in Single precision.
#pragma once

#include "emu/fp/environment.h"

namespace emu::fp {

// The upper half of a Single.
[[nodiscard]] constexpr u32 widened_bfloat(u16 a) { return u32{a} << 16; }

// addend + a[0] * b[0] + a[1] * b[1], where the products and each sum are rounded to odd, denormals are flushed, NaNs
// are the default one, and neither FPCR nor FPSR takes part. BFDotAdd of a core without FEAT_EBF16.
[[nodiscard]] u32 bfloat_dot(u32 addend, const u16 (&a)[2], const u16 (&b)[2]);

// addend + a * b of two Half numbers, rounded once to Single. FPMulAddH.
[[nodiscard]] u32 multiply_add_halves(u32 addend, u16 a, u16 b, Environment& env);

}  // namespace emu::fp
