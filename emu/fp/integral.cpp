#include "emu/fp/integral.h"

#include "emu/fp/nan.h"

namespace emu::fp {
namespace {

// A whole number below 2^64 that the format holds.
template <class F>
[[nodiscard]] Bits<F> whole(bool negative, u64 magnitude, Environment& env) {
    if (magnitude == 0) return F::with_sign(negative, 0);
    return round_to<F>({negative, 0, magnitude}, {}, env);
}

}  // namespace

template <class F>
Bits<F> round_to_integral(Bits<F> bits, Rounding rounding, bool signal_inexact, Environment& env) {
    const Input<F> a{bits, env};
    if (const auto nan = process_nans(env, a)) return *nan;
    if (a.value.is_zero()) return F::with_sign(a.value.negative, 0);
    if (a.value.is_infinite() || a.value.exponent >= 0) return bits;
    const Cut c = cut(exact(a.value), 0);
    if (signal_inexact && !c.is_exact()) env.raise(kInexact);
    return whole<F>(a.value.negative, static_cast<u64>(rounded(c, a.value.negative, rounding)), env);
}

template <class F>
Bits<F> round_to_sized_integral(Bits<F> bits, Rounding rounding, unsigned width, Environment& env) {
    const Input<F> a{bits, env};
    const Bits<F> most_negative = whole<F>(true, u64{1} << (width - 1), env);
    if (a.value.is_zero()) return F::with_sign(a.value.negative, 0);
    const bool is_number = !a.value.is_nan() && !a.value.is_infinite();
    const bool fits_in_a_word = is_number && exact(a.value).top() < 64;
    const Cut c = fits_in_a_word ? cut(exact(a.value), 0) : Cut{};
    const u128 magnitude = rounded(c, a.value.negative, rounding);
    const u128 limit = (u128{1} << (width - 1)) - u128{!a.value.negative};
    if (!fits_in_a_word || magnitude > limit) {
        env.raise(kInvalidOperation);
        return most_negative;
    }
    if (!c.is_exact()) env.raise(kInexact);
    return whole<F>(a.value.negative, static_cast<u64>(magnitude), env);
}

template Bits<Half> round_to_integral<Half>(Bits<Half>, Rounding, bool, Environment&);
template Bits<Single> round_to_integral<Single>(Bits<Single>, Rounding, bool, Environment&);
template Bits<Double> round_to_integral<Double>(Bits<Double>, Rounding, bool, Environment&);
template Bits<Single> round_to_sized_integral<Single>(Bits<Single>, Rounding, unsigned, Environment&);
template Bits<Double> round_to_sized_integral<Double>(Bits<Double>, Rounding, unsigned, Environment&);

}  // namespace emu::fp
