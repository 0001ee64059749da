// The floating-point formats, as the manual lays them out: sign, exponent, fraction.
#pragma once

#include "mmu/arch/bits.h"

namespace emu::fp {

using arch::i64;
using arch::u16;
using arch::u32;
using arch::u64;
using arch::u8;
__extension__ using u128 = unsigned __int128;

template <class BitsType, unsigned ExponentBits, unsigned FractionBits>
struct Format {
    using Bits = BitsType;
    static constexpr unsigned kBits = sizeof(Bits) * 8;
    static constexpr unsigned kFractionBits = FractionBits;
    static constexpr u64 kExponentOnes = arch::low_mask(ExponentBits);  // exponent field of infinities and NaNs
    static constexpr int kBias = static_cast<int>(kExponentOnes >> 1);
    static constexpr int kMinExponent = 1 - kBias;  // of the smallest normal number, as a power of two

    static constexpr u64 kSign = u64{1} << (kBits - 1);
    static constexpr u64 kFraction = arch::low_mask(FractionBits);
    static constexpr u64 kQuiet = u64{1} << (FractionBits - 1);
    static constexpr u64 kInfinity = kExponentOnes << FractionBits;
    static constexpr u64 kMaxNormal = kInfinity - 1;
    static constexpr u64 kDefaultNaN = kInfinity | kQuiet;
    static constexpr u64 kOne = u64{static_cast<u64>(kBias)} << FractionBits;
    static constexpr u64 kOneAndHalf = kOne | kQuiet;
    static constexpr u64 kTwo = kOne + (u64{1} << FractionBits);

    [[nodiscard]] static constexpr u64 exponent_field(u64 bits) { return (bits >> FractionBits) & kExponentOnes; }
    [[nodiscard]] static constexpr bool is_negative(u64 bits) { return (bits & kSign) != 0; }
    [[nodiscard]] static constexpr u64 magnitude(u64 bits) { return bits & (kSign - 1); }
    [[nodiscard]] static constexpr Bits with_sign(bool negative, u64 magnitude) {
        return static_cast<Bits>(magnitude | (negative ? kSign : 0));
    }
};

struct Half : Format<u16, 5, 10> {};
struct Single : Format<u32, 8, 23> {};
struct Double : Format<u64, 11, 52> {};
struct BFloat16 : Format<u16, 8, 7> {};

template <class F>
using Bits = typename F::Bits;

// Arm: FPNeg, FPAbs. NaNs too, and no flags.
template <class F>
[[nodiscard]] constexpr Bits<F> negated(Bits<F> a) { return static_cast<Bits<F>>(a ^ F::kSign); }
template <class F>
[[nodiscard]] constexpr Bits<F> absolute(Bits<F> a) { return static_cast<Bits<F>>(F::magnitude(a)); }

}  // namespace emu::fp
