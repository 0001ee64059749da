// Comparisons. Arm: FPCompare, FPCompareEQ, FPCompareGE, FPCompareGT.
#pragma once

#include "emu/fp/host_conversion.h"

namespace emu::fp {

// NZCV in bits 31..28 as PSTATE has it.
inline constexpr u32 kLess = 0x8000'0000;
inline constexpr u32 kEqual = 0x6000'0000;
inline constexpr u32 kGreater = 0x2000'0000;
inline constexpr u32 kUnordered = 0x3000'0000;

namespace software {
template <class F> [[nodiscard]] u32 compare(Bits<F> a, Bits<F> b, bool signal_quiet, Environment& env);
}

// `signal_quiet`: quiet NaNs too are invalid operations (FCMPE).
template <class F>
[[nodiscard]] inline u32 compare(Bits<F> a, Bits<F> b, bool signal_quiet, Environment& env) {
    if constexpr (host::kAvailable<F>) {
        if (host::is_comparable<F>(a, b, env)) [[likely]] {
            const auto x = host::number<F>(a), y = host::number<F>(b);
            return x < y ? kLess : x == y ? kEqual : kGreater;
        }
    }
    return software::compare<F>(a, b, signal_quiet, env);
}

// False where an operand is a NaN. Equality is quiet; the others signal quiet NaNs too.
template <class F>
[[nodiscard]] inline bool is_equal(Bits<F> a, Bits<F> b, Environment& env) {
    return compare<F>(a, b, false, env) == kEqual;
}
template <class F>
[[nodiscard]] inline bool is_greater_or_equal(Bits<F> a, Bits<F> b, Environment& env) {
    const u32 relation = compare<F>(a, b, true, env);
    return relation == kEqual || relation == kGreater;
}
template <class F>
[[nodiscard]] inline bool is_greater(Bits<F> a, Bits<F> b, Environment& env) {
    return compare<F>(a, b, true, env) == kGreater;
}

// As the vector comparisons give them: all bits or none.
template <class F>
[[nodiscard]] inline Bits<F> mask_of(bool holds) { return static_cast<Bits<F>>(holds ? ~u64{0} : 0); }
template <class F>
[[nodiscard]] inline Bits<F> equal_mask(Bits<F> a, Bits<F> b, Environment& env) {
    return mask_of<F>(is_equal<F>(a, b, env));
}
template <class F>
[[nodiscard]] inline Bits<F> greater_or_equal_mask(Bits<F> a, Bits<F> b, Environment& env) {
    return mask_of<F>(is_greater_or_equal<F>(a, b, env));
}
template <class F>
[[nodiscard]] inline Bits<F> greater_mask(Bits<F> a, Bits<F> b, Environment& env) {
    return mask_of<F>(is_greater<F>(a, b, env));
}
template <class F>
[[nodiscard]] inline Bits<F> absolute_greater_or_equal_mask(Bits<F> a, Bits<F> b, Environment& env) {
    return greater_or_equal_mask<F>(absolute<F>(a), absolute<F>(b), env);
}
template <class F>
[[nodiscard]] inline Bits<F> absolute_greater_mask(Bits<F> a, Bits<F> b, Environment& env) {
    return greater_mask<F>(absolute<F>(a), absolute<F>(b), env);
}

}  // namespace emu::fp
