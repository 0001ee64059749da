#include "emu/fp/compare.h"

#include "emu/fp/nan.h"

namespace emu::fp {

template <class F>
u32 software::compare(Bits<F> a_bits, Bits<F> b_bits, bool signal_quiet, Environment& env) {
    const Input<F> a{a_bits, env};
    const Input<F> b{b_bits, env};
    if (a.value.is_nan() || b.value.is_nan()) {
        const bool signalling = a.value.kind == Kind::SignallingNaN || b.value.kind == Kind::SignallingNaN;
        if (signalling || signal_quiet) env.raise(kInvalidOperation);
        return kUnordered;
    }
    const i64 key_a = order_key(a);
    const i64 key_b = order_key(b);
    if (key_a == key_b) return kEqual;
    return key_a < key_b ? kLess : kGreater;
}

template u32 software::compare<Half>(Bits<Half>, Bits<Half>, bool, Environment&);
template u32 software::compare<Single>(Bits<Single>, Bits<Single>, bool, Environment&);
template u32 software::compare<Double>(Bits<Double>, Bits<Double>, bool, Environment&);

}  // namespace emu::fp
