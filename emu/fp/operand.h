// Numbers taken apart, and put together again. Arm: FPUnpackBase, FPRoundBase.
#pragma once

#include <algorithm>
#include <bit>

#include "emu/fp/environment.h"

namespace emu::fp {

enum class Kind : u8 { Zero, Finite, Infinity, QuietNaN, SignallingNaN };

// Of a finite number the value is significand * 2^exponent.
struct Operand {
    Kind kind{Kind::Zero};
    bool negative{false};
    int exponent{0};
    u64 significand{0};

    [[nodiscard]] bool is_nan() const { return kind >= Kind::QuietNaN; }
    [[nodiscard]] bool is_zero() const { return kind == Kind::Zero; }
    [[nodiscard]] bool is_infinite() const { return kind == Kind::Infinity; }
};

// significand * 2^exponent, not zero. Where a result does not fit, bit 0 stands for all lower bits, and there are
// then so many bits that rounding does not come near it.
struct Exact {
    bool negative{false};
    int exponent{0};
    u128 significand{0};

    // Power of two of the highest bit.
    [[nodiscard]] int top() const {
        const u64 high = static_cast<u64>(significand >> 64);
        const auto width = high != 0 ? 64 + std::bit_width(high) : std::bit_width(static_cast<u64>(significand));
        return exponent + static_cast<int>(width) - 1;
    }
};

[[nodiscard]] inline Exact exact(const Operand& a) { return {a.negative, a.exponent, a.significand}; }

template <class F>
[[nodiscard]] Operand unpack_special(u64 bits) {
    const bool quiet = (bits & F::kQuiet) != 0;
    const Kind nan = quiet ? Kind::QuietNaN : Kind::SignallingNaN;
    return {(bits & F::kFraction) == 0 ? Kind::Infinity : nan, F::is_negative(bits), 0, 0};
}

// `alternative`: half precision without infinities and NaNs (FPCR.AHP).
template <class F>
[[nodiscard]] Operand unpack_number(u64 bits, bool flush, bool alternative, Environment& env) {
    const u64 field = F::exponent_field(bits);
    const u64 fraction = bits & F::kFraction;
    const bool negative = F::is_negative(bits);
    constexpr int kUnit = F::kMinExponent - static_cast<int>(F::kFractionBits);
    if (field == F::kExponentOnes && !alternative) return unpack_special<F>(bits);
    if (field != 0) {
        return {Kind::Finite, negative, kUnit + static_cast<int>(field) - 1, fraction | (F::kFraction + 1)};
    }
    if (fraction == 0) return {Kind::Zero, negative, 0, 0};
    if (!flush) return {Kind::Finite, negative, kUnit, fraction};
    // Half precision flushes without a flag.
    if constexpr (!std::is_same_v<F, Half>) env.raise(kInputDenormal);
    return {Kind::Zero, negative, 0, 0};
}
template <class F>
[[nodiscard]] Operand unpack(u64 bits, Environment& env) {
    return unpack_number<F>(bits, env.flushes<F>(), false, env);
}

// A value cut at a unit: the multiple below, and what the rest is like.
struct Cut {
    u128 kept{0};
    bool half{false};   // the highest bit of the rest
    bool below{false};  // any other

    [[nodiscard]] bool is_exact() const { return !half && !below; }
};

// Cuts at 2^unit. Bits above 2^127 units are lost.
[[nodiscard]] inline Cut cut(const Exact& value, int unit) {
    const int shift = unit - value.exponent;
    if (shift <= 0) return {shift > -128 ? value.significand << -shift : 0, false, false};
    if (shift > 128) return {0, false, true};
    const u128 half = u128{1} << (shift - 1);
    return {shift == 128 ? 0 : value.significand >> shift, (value.significand & half) != 0,
            (value.significand & (half - 1)) != 0};
}

// The magnitude goes up by one unit.
[[nodiscard]] inline bool rounds_up(const Cut& c, bool negative, Rounding rounding) {
    switch (rounding) {
        case Rounding::TieEven: return c.half && (c.below || (c.kept & 1) != 0);
        case Rounding::TieAway: return c.half;
        case Rounding::PlusInfinity: return !negative && !c.is_exact();
        case Rounding::MinusInfinity: return negative && !c.is_exact();
        default: return false;
    }
}
[[nodiscard]] inline u128 rounded(const Cut& c, bool negative, Rounding rounding) {
    const bool odd = rounding == Rounding::Odd || rounding == Rounding::OddInfinity;
    if (odd) return c.kept | u128{!c.is_exact()};
    return c.kept + u128{rounds_up(c, negative, rounding)};
}

[[nodiscard]] inline bool overflows_to_infinity(bool negative, Rounding rounding) {
    switch (rounding) {
        case Rounding::PlusInfinity: return !negative;
        case Rounding::MinusInfinity: return negative;
        case Rounding::Zero:
        case Rounding::Odd: return false;
        default: return true;
    }
}

template <class F>
[[nodiscard]] Bits<F> overflowed(bool negative, Rounding rounding, Environment& env) {
    env.raise(kOverflow | kInexact);
    return F::with_sign(negative, overflows_to_infinity(negative, rounding) ? F::kInfinity : F::kMaxNormal);
}

// A format that results are rounded to, and how.
struct Target {
    Rounding rounding{Rounding::TieEven};
    bool flush{false};
    bool alternative{false};  // as in unpack_number
};

template <class F>
[[nodiscard]] Bits<F> round_to(const Exact& value, const Target& target, Environment& env) {
    // Arm detects tininess before rounding.
    const int top = value.top();
    const bool tiny = top < F::kMinExponent;
    if (tiny && target.flush) {
        env.raise(kUnderflow);
        return F::with_sign(value.negative, 0);
    }
    const Cut c = cut(value, std::max(top, F::kMinExponent) - static_cast<int>(F::kFractionBits));
    const u64 mantissa = static_cast<u64>(rounded(c, value.negative, target.rounding));
    // The leading one of a normal number, and a carry out of the fraction, add to the exponent field.
    const u64 magnitude = tiny ? mantissa : (static_cast<u64>(top - F::kMinExponent) << F::kFractionBits) + mantissa;
    if (target.alternative && magnitude >= F::kSign) {
        env.raise(kInvalidOperation);
        return F::with_sign(value.negative, F::kSign - 1);
    }
    if (!target.alternative && magnitude >= F::kInfinity) return overflowed<F>(value.negative, target.rounding, env);
    if (!c.is_exact()) env.raise(tiny ? kUnderflow | kInexact : kInexact);
    return F::with_sign(value.negative, magnitude);
}
template <class F>
[[nodiscard]] Bits<F> round(const Exact& value, Environment& env) {
    return round_to<F>(value, {env.rounding, env.flushes<F>(), false}, env);
}

// The sign of an exact zero that is no product's or quotient's.
template <class F>
[[nodiscard]] Bits<F> zero_sum(const Environment& env) {
    return F::with_sign(env.rounding == Rounding::MinusInfinity, 0);
}

}  // namespace emu::fp
