// FPCR as operations see it, and the cumulative flags of FPSR that they raise.
#pragma once

#include <type_traits>

#include "emu/fp/format.h"

namespace emu::fp {

// The first four as FPCR.RMode numbers them. TieAway: FCVTA* and FRINTA. Odd: FCVTXN. OddInfinity: BFDOT, which
// overflows to infinity.
enum class Rounding : u8 { TieEven, PlusInfinity, MinusInfinity, Zero, TieAway, Odd, OddInfinity };

// FPSR.
inline constexpr u32 kInvalidOperation = u32{1} << 0;  // IOC
inline constexpr u32 kDivideByZero = u32{1} << 1;      // DZC
inline constexpr u32 kOverflow = u32{1} << 2;          // OFC
inline constexpr u32 kUnderflow = u32{1} << 3;         // UFC
inline constexpr u32 kInexact = u32{1} << 4;           // IXC
inline constexpr u32 kInputDenormal = u32{1} << 7;     // IDC

// FPCR.
inline constexpr u32 kFlushHalf = u32{1} << 19;        // FZ16
inline constexpr u32 kRMode = u32{3} << 22;
inline constexpr u32 kFlush = u32{1} << 24;            // FZ
inline constexpr u32 kDefaultNaNs = u32{1} << 25;      // DN
inline constexpr u32 kAlternativeHalf = u32{1} << 26;  // AHP

struct Environment {
    u32 fpcr{0};
    u32 fpsr{0};  // flags are only ever added
    Rounding rounding{Rounding::TieEven};

    Environment(u32 fpcr_value, u32 fpsr_value)
        : fpcr{fpcr_value}, fpsr{fpsr_value}, rounding{static_cast<Rounding>((fpcr_value & kRMode) >> 22)} {}

    // Denormal numbers of format F count as zero.
    template <class F>
    [[nodiscard]] bool flushes() const {
        return (fpcr & (std::is_same_v<F, Half> ? kFlushHalf : kFlush)) != 0;
    }
    [[nodiscard]] bool default_nans() const { return (fpcr & kDefaultNaNs) != 0; }
    [[nodiscard]] bool alternative_half() const { return (fpcr & kAlternativeHalf) != 0; }
    void raise(u32 flags) { fpsr |= flags; }
};

}  // namespace emu::fp
