#include "emu/fp/convert.h"

#include "emu/fp/nan.h"

namespace emu::fp {
namespace {

template <class F>
inline constexpr bool kIsHalf = std::is_same_v<F, Half>;

// Sign and the leading bits of the fraction, quiet. FPConvertNaN.
template <class To, class From>
[[nodiscard]] Bits<To> convert_nan(Bits<From> bits) {
    const u64 left_aligned = (bits & From::kFraction) << (63 - From::kFractionBits);
    const u64 fraction = left_aligned >> (63 - To::kFractionBits);
    return To::with_sign(From::is_negative(bits), To::kDefaultNaN | fraction);
}

// The alternative half precision format has neither NaNs nor infinities.
template <class To, class From>
[[nodiscard]] Bits<To> convert_special(const Operand& a, Bits<From> bits, bool to_alternative, Environment& env) {
    if (a.kind == Kind::SignallingNaN || to_alternative) env.raise(kInvalidOperation);
    if (to_alternative) return To::with_sign(a.negative, a.is_nan() ? 0 : To::kSign - 1);
    if (a.is_infinite()) return To::with_sign(a.negative, To::kInfinity);
    if (env.default_nans()) return static_cast<Bits<To>>(To::kDefaultNaN);
    return convert_nan<To, From>(bits);
}

[[nodiscard]] u64 largest(const FixedPoint& shape, bool negative) {
    if (!shape.is_signed) return negative ? 0 : arch::low_mask(shape.width);
    return negative ? u64{1} << (shape.width - 1) : arch::low_mask(shape.width - 1);
}
[[nodiscard]] u64 in_two_complement(u64 magnitude, bool negative, unsigned width) {
    return (negative ? 0 - magnitude : magnitude) & arch::low_mask(width);
}

[[nodiscard]] u64 saturated(const FixedPoint& shape, bool negative, Environment& env) {
    env.raise(kInvalidOperation);
    return in_two_complement(largest(shape, negative), negative, shape.width);
}

}  // namespace

template <class To, class From>
Bits<To> software::convert(Bits<From> bits, Rounding rounding, Environment& env) {
    const bool from_alternative = kIsHalf<From> && env.alternative_half();
    const bool to_alternative = kIsHalf<To> && env.alternative_half();
    const Operand a = unpack_number<From>(bits, !kIsHalf<From> && env.flushes<From>(), from_alternative, env);
    if (a.is_nan() || a.is_infinite()) return convert_special<To, From>(a, bits, to_alternative, env);
    if (a.is_zero()) return To::with_sign(a.negative, 0);
    return round_to<To>(exact(a), {rounding, !kIsHalf<To> && env.flushes<To>(), to_alternative}, env);
}

template <class F>
u64 software::to_fixed(Bits<F> bits, const FixedPoint& shape, Rounding rounding, Environment& env) {
    const Operand a = unpack<F>(bits, env);
    if (a.is_nan()) {
        env.raise(kInvalidOperation);
        return 0;
    }
    if (a.is_zero()) return 0;
    const int unit = -static_cast<int>(shape.fraction_bits);
    if (a.is_infinite() || exact(a).top() - unit >= 64) return saturated(shape, a.negative, env);
    const Cut c = cut(exact(a), unit);
    const u128 magnitude = rounded(c, a.negative, rounding);
    if (magnitude > largest(shape, a.negative)) return saturated(shape, a.negative, env);
    if (!c.is_exact()) env.raise(kInexact);
    return in_two_complement(static_cast<u64>(magnitude), a.negative, shape.width);
}

template <class F>
Bits<F> software::from_fixed(u64 value, const FixedPoint& shape, Environment& env) {
    const u64 mask = arch::low_mask(shape.width);
    const bool negative = shape.is_signed && ((value >> (shape.width - 1)) & 1) != 0;
    const u64 magnitude = (negative ? 0 - value : value) & mask;
    if (magnitude == 0) return 0;
    return round<F>({negative, -static_cast<int>(shape.fraction_bits), magnitude}, env);
}

JavaScriptInteger to_javascript_integer(u64 bits, Environment& env) {
    const Operand a = unpack<Double>(bits, env);
    if (a.is_nan() || a.is_infinite()) {
        env.raise(kInvalidOperation);
        return {0, false};
    }
    if (a.is_zero()) return {0, !a.negative};
    const Cut c = cut(exact(a), 0);
    // Of a number above 2^127 all of the low 32 bits are zero, and so are those of the cut.
    const bool fits = exact(a).top() < 64 && c.kept <= u64{0x7fff'ffff} + u64{a.negative};
    if (!fits) env.raise(kInvalidOperation);
    else if (!c.is_exact()) env.raise(kInexact);
    return {static_cast<u32>(in_two_complement(static_cast<u64>(c.kept), a.negative, 32)), fits && c.is_exact()};
}

#define FP_INSTANTIATE_CONVERT(To, From) \
    template Bits<To> software::convert<To, From>(Bits<From>, Rounding, Environment&);
FP_INSTANTIATE_CONVERT(Half, Single)
FP_INSTANTIATE_CONVERT(Half, Double)
FP_INSTANTIATE_CONVERT(Single, Half)
FP_INSTANTIATE_CONVERT(Single, Double)
FP_INSTANTIATE_CONVERT(Double, Half)
FP_INSTANTIATE_CONVERT(Double, Single)
FP_INSTANTIATE_CONVERT(BFloat16, Single)
#undef FP_INSTANTIATE_CONVERT

#define FP_INSTANTIATE(F)                                                                   \
    template u64 software::to_fixed<F>(Bits<F>, const FixedPoint&, Rounding, Environment&); \
    template Bits<F> software::from_fixed<F>(u64, const FixedPoint&, Environment&);
FP_INSTANTIATE(Half)
FP_INSTANTIATE(Single)
FP_INSTANTIATE(Double)
#undef FP_INSTANTIATE

}  // namespace emu::fp
