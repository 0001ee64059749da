#include "emu/fp/arithmetic.h"

#include "emu/fp/exact.h"
#include "emu/fp/nan.h"

namespace emu::fp {
namespace {

template <class F>
[[nodiscard]] Bits<F> zero(bool negative) { return F::with_sign(negative, 0); }
template <class F>
[[nodiscard]] Bits<F> infinity(bool negative) { return F::with_sign(negative, F::kInfinity); }

template <class F>
[[nodiscard]] Bits<F> rounded_sum(const Exact& a, const Exact& b, Environment& env) {
    const std::optional<Exact> total = sum(a, b);
    return total ? round<F>(*total, env) : zero_sum<F>(env);
}

// Sum of numbers that are not NaN; FPAdd from there on.
template <class F>
[[nodiscard]] Bits<F> add_numbers(const Operand& a, const Operand& b, Environment& env) {
    if (a.is_infinite() && b.is_infinite() && a.negative != b.negative) return invalid<F>(env);
    if (a.is_infinite() || b.is_infinite()) return infinity<F>(a.is_infinite() ? a.negative : b.negative);
    if (a.is_zero() && b.is_zero()) return a.negative == b.negative ? zero<F>(a.negative) : zero_sum<F>(env);
    if (a.is_zero()) return round<F>(exact(b), env);
    if (b.is_zero()) return round<F>(exact(a), env);
    return rounded_sum<F>(exact(a), exact(b), env);
}

template <class F>
[[nodiscard]] Bits<F> add_or_subtract(Bits<F> a_bits, Bits<F> b_bits, bool negate_b, Environment& env) {
    const Input<F> a{a_bits, env};
    Input<F> b{b_bits, env};
    if (const auto nan = process_nans(env, a, b)) return *nan;
    b.value.negative = b.value.negative != negate_b;
    return add_numbers<F>(a.value, b.value, env);
}

[[nodiscard]] bool is_zero_times_infinity(const Operand& a, const Operand& b) {
    return (a.is_zero() && b.is_infinite()) || (a.is_infinite() && b.is_zero());
}

// Product of numbers that are not NaN, nor zero and infinity.
template <class F>
[[nodiscard]] Bits<F> multiply_numbers(const Operand& a, const Operand& b, Environment& env) {
    const bool negative = a.negative != b.negative;
    if (a.is_infinite() || b.is_infinite()) return infinity<F>(negative);
    if (a.is_zero() || b.is_zero()) return zero<F>(negative);
    return round<F>(product(a, b), env);
}

template <class F>
[[nodiscard]] Bits<F> divide_numbers(const Operand& a, const Operand& b, Environment& env) {
    const bool negative = a.negative != b.negative;
    if ((a.is_infinite() && b.is_infinite()) || (a.is_zero() && b.is_zero())) return invalid<F>(env);
    if (a.is_infinite()) return infinity<F>(negative);
    if (b.is_zero()) {
        env.raise(kDivideByZero);
        return infinity<F>(negative);
    }
    if (a.is_zero() || b.is_infinite()) return zero<F>(negative);
    return round<F>(quotient(a, b), env);
}

// addend + a * b of numbers that are not NaN, the product not of zero and infinity.
template <class F>
[[nodiscard]] Bits<F> multiply_add_numbers(const Operand& addend, const Operand& a, const Operand& b,
                                           Environment& env) {
    const bool negative = a.negative != b.negative;
    if (a.is_infinite() || b.is_infinite()) {
        if (addend.is_infinite() && addend.negative != negative) return invalid<F>(env);
        return infinity<F>(negative);
    }
    if (addend.is_infinite()) return infinity<F>(addend.negative);
    if (a.is_zero() || b.is_zero()) return add_numbers<F>(addend, {Kind::Zero, negative, 0, 0}, env);
    if (addend.is_zero()) return round<F>(product(a, b), env);
    return rounded_sum<F>(exact(addend), product(a, b), env);
}

// constant - a * b, halved if so wanted; where the product is of zero and infinity, `neutral`.
template <class F>
[[nodiscard]] Bits<F> step(Bits<F> a_bits, Bits<F> b_bits, u64 constant, bool halve, Bits<F> neutral,
                           Environment& env) {
    const Input<F> a{negated<F>(a_bits), env};
    const Input<F> b{b_bits, env};
    if (const auto nan = process_nans(env, a, b)) return *nan;
    if (is_zero_times_infinity(a.value, b.value)) return neutral;
    if (a.value.is_infinite() || b.value.is_infinite()) return infinity<F>(a.value.negative != b.value.negative);
    std::optional<Exact> total = Exact{false, 0, constant};
    if (!a.value.is_zero() && !b.value.is_zero()) total = sum(*total, product(a.value, b.value));
    if (!total) return zero_sum<F>(env);
    if (halve) --total->exponent;
    return round<F>(*total, env);
}

template <class F, bool Larger>
[[nodiscard]] Bits<F> extreme(Bits<F> a_bits, Bits<F> b_bits, Environment& env) {
    if constexpr (host::kAvailable<F>) {
        // Of unequal numbers one is the larger; zeros, which are equal, have an order here.
        const auto x = host::number<F>(a_bits), y = host::number<F>(b_bits);
        if ((x < y || x > y) && host::takes<F>(env, a_bits, b_bits)) return (x > y) == Larger ? a_bits : b_bits;
    }
    const Input<F> a{a_bits, env};
    const Input<F> b{b_bits, env};
    if (const auto nan = process_nans(env, a, b)) return *nan;
    const bool take_a = Larger ? order_key(a) > order_key(b) : order_key(a) < order_key(b);
    const Input<F>& chosen = take_a ? a : b;
    if (!chosen.value.is_zero()) return chosen.bits;
    const bool both = a.value.negative && b.value.negative;
    const bool any = a.value.negative || b.value.negative;
    return zero<F>(Larger ? both : any);
}

template <class F>
[[nodiscard]] bool is_quiet_nan(Bits<F> bits) { return F::magnitude(bits) >= F::kDefaultNaN; }

template <class F, bool Larger>
[[nodiscard]] Bits<F> extreme_number(Bits<F> a, Bits<F> b, Environment& env) {
    const Bits<F> loser = infinity<F>(Larger);
    if (is_quiet_nan<F>(a) && !is_quiet_nan<F>(b)) return extreme<F, Larger>(loser, b, env);
    if (!is_quiet_nan<F>(a) && is_quiet_nan<F>(b)) return extreme<F, Larger>(a, loser, env);
    return extreme<F, Larger>(a, b, env);
}

}  // namespace

template <class F>
Bits<F> software::add(Bits<F> a, Bits<F> b, Environment& env) { return add_or_subtract<F>(a, b, false, env); }
template <class F>
Bits<F> software::subtract(Bits<F> a, Bits<F> b, Environment& env) { return add_or_subtract<F>(a, b, true, env); }
template <class F>
Bits<F> software::multiply(Bits<F> a_bits, Bits<F> b_bits, Environment& env) {
    const Input<F> a{a_bits, env};
    const Input<F> b{b_bits, env};
    if (const auto nan = process_nans(env, a, b)) return *nan;
    if (is_zero_times_infinity(a.value, b.value)) return invalid<F>(env);
    return multiply_numbers<F>(a.value, b.value, env);
}
template <class F>
Bits<F> multiply_extended(Bits<F> a_bits, Bits<F> b_bits, Environment& env) {
    const Input<F> a{a_bits, env};
    const Input<F> b{b_bits, env};
    if (!is_zero_times_infinity(a.value, b.value)) return multiply<F>(a_bits, b_bits, env);
    return F::with_sign(a.value.negative != b.value.negative, F::kTwo);
}
template <class F>
Bits<F> software::divide(Bits<F> a_bits, Bits<F> b_bits, Environment& env) {
    const Input<F> a{a_bits, env};
    const Input<F> b{b_bits, env};
    if (const auto nan = process_nans(env, a, b)) return *nan;
    return divide_numbers<F>(a.value, b.value, env);
}
template <class F>
Bits<F> software::square_root(Bits<F> bits, Environment& env) {
    const Input<F> a{bits, env};
    if (const auto nan = process_nans(env, a)) return *nan;
    if (a.value.is_zero()) return zero<F>(a.value.negative);
    if (a.value.negative) return invalid<F>(env);
    if (a.value.is_infinite()) return infinity<F>(false);
    return round<F>(root(a.value), env);
}
template <class F>
Bits<F> software::multiply_add(Bits<F> addend_bits, Bits<F> a_bits, Bits<F> b_bits, Environment& env) {
    const Input<F> addend{addend_bits, env};
    const Input<F> a{a_bits, env};
    const Input<F> b{b_bits, env};
    const bool is_invalid = is_zero_times_infinity(a.value, b.value);
    // An invalid product wins against a quiet NaN, not against a signalling one.
    if (addend.value.kind == Kind::QuietNaN && is_invalid) return invalid<F>(env);
    if (const auto nan = process_nans(env, addend, a, b)) return *nan;
    if (is_invalid) return invalid<F>(env);
    return multiply_add_numbers<F>(addend.value, a.value, b.value, env);
}
template <class F>
Bits<F> reciprocal_step(Bits<F> a, Bits<F> b, Environment& env) {
    return step<F>(a, b, 2, false, static_cast<Bits<F>>(F::kTwo), env);
}
template <class F>
Bits<F> reciprocal_root_step(Bits<F> a, Bits<F> b, Environment& env) {
    return step<F>(a, b, 3, true, static_cast<Bits<F>>(F::kOneAndHalf), env);
}
template <class F>
Bits<F> maximum(Bits<F> a, Bits<F> b, Environment& env) { return extreme<F, true>(a, b, env); }
template <class F>
Bits<F> minimum(Bits<F> a, Bits<F> b, Environment& env) { return extreme<F, false>(a, b, env); }
template <class F>
Bits<F> maximum_number(Bits<F> a, Bits<F> b, Environment& env) { return extreme_number<F, true>(a, b, env); }
template <class F>
Bits<F> minimum_number(Bits<F> a, Bits<F> b, Environment& env) { return extreme_number<F, false>(a, b, env); }

#define FP_INSTANTIATE(F)                                                                \
    template Bits<F> software::add<F>(Bits<F>, Bits<F>, Environment&);                   \
    template Bits<F> software::subtract<F>(Bits<F>, Bits<F>, Environment&);              \
    template Bits<F> software::multiply<F>(Bits<F>, Bits<F>, Environment&);              \
    template Bits<F> multiply_extended<F>(Bits<F>, Bits<F>, Environment&);               \
    template Bits<F> software::divide<F>(Bits<F>, Bits<F>, Environment&);                \
    template Bits<F> software::square_root<F>(Bits<F>, Environment&);                    \
    template Bits<F> software::multiply_add<F>(Bits<F>, Bits<F>, Bits<F>, Environment&); \
    template Bits<F> reciprocal_step<F>(Bits<F>, Bits<F>, Environment&);                 \
    template Bits<F> reciprocal_root_step<F>(Bits<F>, Bits<F>, Environment&);            \
    template Bits<F> maximum<F>(Bits<F>, Bits<F>, Environment&);                         \
    template Bits<F> minimum<F>(Bits<F>, Bits<F>, Environment&);                         \
    template Bits<F> maximum_number<F>(Bits<F>, Bits<F>, Environment&);                  \
    template Bits<F> minimum_number<F>(Bits<F>, Bits<F>, Environment&);
FP_INSTANTIATE(Half)
FP_INSTANTIATE(Single)
FP_INSTANTIATE(Double)
#undef FP_INSTANTIATE

}  // namespace emu::fp
