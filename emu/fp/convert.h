// Conversions between formats, and to and from integers and fixed-point numbers.
#pragma once

#include "emu/fp/environment.h"

namespace emu::fp {

// Half precision on either side may be the alternative format (FPCR.AHP) and is not flushed by FZ16; in BFloat16 FZ
// flushes as in Single. FPConvert, FPConvertBF.
template <class To, class From>
[[nodiscard]] Bits<To> convert(Bits<From> a, Rounding rounding, Environment& env);
template <class To, class From>
[[nodiscard]] inline Bits<To> convert(Bits<From> a, Environment& env) { return convert<To, From>(a, env.rounding, env); }

// An integer of `width` bits with `fraction_bits` of them after the point.
struct FixedPoint {
    unsigned width{64};
    unsigned fraction_bits{0};
    bool is_signed{true};
};
// Saturates with the invalid operation flag; a NaN gives 0. The result is in the low `width` bits, others are zero.
// FPToFixed.
template <class F>
[[nodiscard]] u64 to_fixed(Bits<F> a, const FixedPoint& shape, Rounding rounding, Environment& env);
// `value`: in the low shape.width bits, others are ignored. FixedToFP.
template <class F>
[[nodiscard]] Bits<F> from_fixed(u64 value, const FixedPoint& shape, Environment& env);

// FJCVTZS: a double toward zero, modulo 2^32. `exact`: nothing was lost, and the operand is not -0. FPToFixedJS.
struct JavaScriptInteger {
    u32 value;
    bool exact;
};
[[nodiscard]] JavaScriptInteger to_javascript_integer(u64 a, Environment& env);

}  // namespace emu::fp
