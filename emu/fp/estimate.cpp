#include "emu/fp/estimate.h"

#include <array>

#include "emu/fp/nan.h"

namespace emu::fp {
namespace {

// 1/a for a in 256..511 (0.5 to 1 in units of 1/512), as 256..511 (1 to 2 in units of 1/256). Arm: RecipEstimate.
[[nodiscard]] constexpr u32 reciprocal_entry(u32 a) { return ((u32{1} << 19) / (2 * a + 1) + 1) / 2; }

// 1/sqrt(a) for a in 128..511 (0.25 to 1 in units of 1/512), as 256..511. Arm: RecipSqrtEstimate.
[[nodiscard]] constexpr u32 reciprocal_root_entry(u32 a) {
    const u32 middle = a < 256 ? 2 * a + 1 : ((a | 1) * 2);
    u32 b = 512;
    while (middle * (b + 1) * (b + 1) < (u32{1} << 28)) ++b;
    return (b + 1) / 2;
}

template <u32 (*Entry)(u32)>
[[nodiscard]] constexpr std::array<u16, 512> make_table() {
    std::array<u16, 512> table{};
    for (u32 a = 128; a < 512; ++a) table[a] = static_cast<u16>(Entry(a));
    return table;
}
constexpr std::array<u16, 512> kReciprocal = make_table<reciprocal_entry>();
constexpr std::array<u16, 512> kReciprocalRoot = make_table<reciprocal_root_entry>();

// A positive number as 1.fraction * 2^(exponent - bias), the fraction in 64 bits; denormals are normalised.
struct Normalised {
    int exponent;
    u64 fraction;

    [[nodiscard]] u32 leading_bits(unsigned count) const { return static_cast<u32>(fraction >> (64 - count)); }
};
template <class F>
[[nodiscard]] Normalised normalise(const Operand& a) {
    const int up = std::countl_zero(a.significand);
    const int top = a.exponent + 63 - up;
    return {top + F::kBias, a.significand << up << 1};
}

// The estimate's eight fraction bits under an exponent that may be at or below that of denormals.
template <class F>
[[nodiscard]] Bits<F> estimate_bits(bool negative, int exponent, u32 estimate) {
    const u64 fraction = u64{estimate & 0xff} << (F::kFractionBits - 8);
    if (exponent > 0) return F::with_sign(negative, (static_cast<u64>(exponent) << F::kFractionBits) | fraction);
    return F::with_sign(negative, (fraction | (F::kFraction + 1)) >> (1 - exponent));
}

}  // namespace

template <class F>
Bits<F> reciprocal_estimate(Bits<F> bits, Environment& env) {
    const Input<F> a{bits, env};
    const bool negative = a.value.negative;
    if (const auto nan = process_nans(env, a)) return *nan;
    if (a.value.is_infinite()) return F::with_sign(negative, 0);
    if (a.value.is_zero()) {
        env.raise(kDivideByZero);
        return F::with_sign(negative, F::kInfinity);
    }
    const Normalised n = normalise<F>(a.value);
    // The reciprocal's own exponent is one less than minus the operand's, as the estimate is between 1 and 2.
    const int exponent = 2 * F::kBias - 1 - n.exponent;
    if (exponent >= static_cast<int>(F::kExponentOnes)) return overflowed<F>(negative, env.rounding, env);
    if (exponent <= 0 && env.flushes<F>()) {
        env.raise(kUnderflow);
        return F::with_sign(negative, 0);
    }
    return estimate_bits<F>(negative, exponent, kReciprocal[256 | n.leading_bits(8)]);
}

template <class F>
Bits<F> reciprocal_root_estimate(Bits<F> bits, Environment& env) {
    const Input<F> a{bits, env};
    if (const auto nan = process_nans(env, a)) return *nan;
    if (a.value.is_zero()) {
        env.raise(kDivideByZero);
        return F::with_sign(a.value.negative, F::kInfinity);
    }
    if (a.value.negative) return invalid<F>(env);
    if (a.value.is_infinite()) return 0;
    const Normalised n = normalise<F>(a.value);
    const bool odd = (n.exponent & 1) != 0;
    const u32 index = odd ? 128 | n.leading_bits(7) : 256 | n.leading_bits(8);
    return estimate_bits<F>(false, (3 * F::kBias - 1 - n.exponent) / 2, kReciprocalRoot[index]);
}

template <class F>
Bits<F> reciprocal_exponent(Bits<F> bits, Environment& env) {
    const Input<F> a{bits, env};
    if (const auto nan = process_nans(env, a)) return *nan;
    const u64 field = F::exponent_field(bits);
    const u64 inverted = field == 0 ? F::kExponentOnes - 1 : ~field & F::kExponentOnes;
    return F::with_sign(a.value.negative, inverted << F::kFractionBits);
}

u32 unsigned_reciprocal_estimate(u32 a) {
    if ((a >> 31) == 0) return ~u32{0};
    return u32{kReciprocal[a >> 23]} << 23;
}
u32 unsigned_reciprocal_root_estimate(u32 a) {
    if ((a >> 30) == 0) return ~u32{0};
    return u32{kReciprocalRoot[a >> 23]} << 23;
}

#define FP_INSTANTIATE(F)                                                          \
    template Bits<F> reciprocal_estimate<F>(Bits<F>, Environment&);                \
    template Bits<F> reciprocal_root_estimate<F>(Bits<F>, Environment&);           \
    template Bits<F> reciprocal_exponent<F>(Bits<F>, Environment&);
FP_INSTANTIATE(Half)
FP_INSTANTIATE(Single)
FP_INSTANTIATE(Double)
#undef FP_INSTANTIATE

}  // namespace emu::fp
