// Conversions between formats, and to and from integers and fixed-point numbers.
#pragma once

#include "emu/fp/host_conversion.h"

namespace emu::fp {

// An integer of `width` bits with `fraction_bits` of them after the point.
struct FixedPoint {
    unsigned width{64};
    unsigned fraction_bits{0};
    bool is_signed{true};
};

// For all operands and modes, by integers.
namespace software {

template <class To, class From>
[[nodiscard]] Bits<To> convert(Bits<From> a, Rounding rounding, Environment& env);
template <class F>
[[nodiscard]] u64 to_fixed(Bits<F> a, const FixedPoint& shape, Rounding rounding, Environment& env);
template <class F>
[[nodiscard]] Bits<F> from_fixed(u64 value, const FixedPoint& shape, Environment& env);

}  // namespace software

// Half precision on either side may be the alternative format (FPCR.AHP) and is not flushed by FZ16; in BFloat16 FZ
// flushes as in Single. FPConvert, FPConvertBF.
template <class To, class From>
[[nodiscard]] inline Bits<To> convert(Bits<From> a, Rounding rounding, Environment& env) {
    if constexpr (std::is_same_v<To, Double> && std::is_same_v<From, Single>) {
        if (const auto fast = host::widen(a, env)) [[likely]] return *fast;
    } else if constexpr (std::is_same_v<To, Single> && std::is_same_v<From, Double>) {
        if (const auto fast = host::narrow(a, rounding, env)) [[likely]] return *fast;
    }
    return software::convert<To, From>(a, rounding, env);
}
template <class To, class From>
[[nodiscard]] inline Bits<To> convert(Bits<From> a, Environment& env) {
    return convert<To, From>(a, env.rounding, env);
}

// Saturates with the invalid operation flag; a NaN gives 0. The result is in the low `width` bits, others are zero.
// FPToFixed.
template <class F>
[[nodiscard]] inline u64 to_fixed(Bits<F> a, const FixedPoint& shape, Rounding rounding, Environment& env) {
    if constexpr (host::kAvailable<F>) {
        // Numbers well inside either range, of which an unsigned integer's has only the upper half.
        constexpr host::Number<F> kHigh = 0x1p30;
        const host::Number<F> low = shape.is_signed ? -kHigh : -1;
        if (rounding == Rounding::Zero && shape.fraction_bits == 0 && shape.width >= 32) {
            if (const auto whole = host::to_integer<F>(a, low, kHigh, env)) [[likely]]
                return static_cast<u64>(*whole) & arch::low_mask(shape.width);
        }
    }
    return software::to_fixed<F>(a, shape, rounding, env);
}
// `value`: in the low shape.width bits, others are ignored. FixedToFP.
template <class F>
[[nodiscard]] inline Bits<F> from_fixed(u64 value, const FixedPoint& shape, Environment& env) {
    if constexpr (host::kAvailable<F>) {
        const u64 unsigned_value = value & arch::low_mask(shape.width);
        const i64 integer = shape.is_signed ? arch::sign_extend(value, shape.width) : static_cast<i64>(unsigned_value);
        const bool wraps = !shape.is_signed && integer < 0;
        if (shape.fraction_bits == 0 && !wraps) {
            if (const auto fast = host::from_integer<F>(integer)) [[likely]] return *fast;
        }
    }
    return software::from_fixed<F>(value, shape, env);
}

// FJCVTZS: a double toward zero, modulo 2^32. `exact`: nothing was lost, and the operand is not -0. FPToFixedJS.
struct JavaScriptInteger {
    u32 value;
    bool exact;
};
[[nodiscard]] JavaScriptInteger to_javascript_integer(u64 a, Environment& env);

}  // namespace emu::fp
