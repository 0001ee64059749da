// Which NaN comes out. Arm: FPProcessNaN, FPProcessNaNs, FPProcessNaNs3.
#pragma once

#include <optional>

#include "emu/fp/operand.h"

namespace emu::fp {

template <class F>
[[nodiscard]] Bits<F> invalid(Environment& env) {
    env.raise(kInvalidOperation);
    return static_cast<Bits<F>>(F::kDefaultNaN);
}

// An operand as bits and taken apart.
template <class F>
struct Input {
    Bits<F> bits;
    Operand value;

    Input(Bits<F> raw, Environment& env) : bits{raw}, value{unpack<F>(raw, env)} {}
};

// A key in the order of the numbers; not of a NaN. The two zeros are equal.
template <class F>
[[nodiscard]] inline i64 order_key(const Input<F>& a) {
    if (a.value.is_zero()) return 0;
    const i64 magnitude = static_cast<i64>(F::magnitude(a.bits));
    return a.value.negative ? -magnitude : magnitude;
}

template <class F>
[[nodiscard]] Bits<F> process_nan(const Input<F>& a, Environment& env) {
    if (a.value.kind == Kind::SignallingNaN) env.raise(kInvalidOperation);
    if (env.default_nans()) return static_cast<Bits<F>>(F::kDefaultNaN);
    return static_cast<Bits<F>>(a.bits | F::kQuiet);
}

// The first signalling NaN, else the first quiet one, else nothing.
template <class F, class... More>
[[nodiscard]] std::optional<Bits<F>> process_nans(Environment& env, const Input<F>& first, const More&... more) {
    const Input<F>* chosen = nullptr;
    for (const Kind kind : {Kind::SignallingNaN, Kind::QuietNaN}) {
        for (const Input<F>* input : {&first, &more...}) {
            if (chosen == nullptr && input->value.kind == kind) chosen = input;
        }
    }
    if (chosen == nullptr) return std::nullopt;
    return process_nan(*chosen, env);
}

}  // namespace emu::fp
