#include "emu/fp/compare.h"

#include "emu/fp/nan.h"

namespace emu::fp {
namespace {

enum class Relation { Less, Equal, Greater, Unordered };

template <class F>
[[nodiscard]] Relation relation(Bits<F> a_bits, Bits<F> b_bits, bool signal_quiet, Environment& env) {
    const Input<F> a{a_bits, env};
    const Input<F> b{b_bits, env};
    if (a.value.is_nan() || b.value.is_nan()) {
        const bool signalling = a.value.kind == Kind::SignallingNaN || b.value.kind == Kind::SignallingNaN;
        if (signalling || signal_quiet) env.raise(kInvalidOperation);
        return Relation::Unordered;
    }
    const i64 key_a = order_key(a);
    const i64 key_b = order_key(b);
    if (key_a == key_b) return Relation::Equal;
    return key_a < key_b ? Relation::Less : Relation::Greater;
}

}  // namespace

template <class F>
u32 compare(Bits<F> a, Bits<F> b, bool signal_quiet, Environment& env) {
    switch (relation<F>(a, b, signal_quiet, env)) {
        case Relation::Less: return 0x8000'0000;
        case Relation::Equal: return 0x6000'0000;
        case Relation::Greater: return 0x2000'0000;
        default: return 0x3000'0000;
    }
}
template <class F>
bool is_equal(Bits<F> a, Bits<F> b, Environment& env) { return relation<F>(a, b, false, env) == Relation::Equal; }
template <class F>
bool is_greater_or_equal(Bits<F> a, Bits<F> b, Environment& env) {
    const Relation r = relation<F>(a, b, true, env);
    return r == Relation::Greater || r == Relation::Equal;
}
template <class F>
bool is_greater(Bits<F> a, Bits<F> b, Environment& env) { return relation<F>(a, b, true, env) == Relation::Greater; }

#define FP_INSTANTIATE(F)                                                  \
    template u32 compare<F>(Bits<F>, Bits<F>, bool, Environment&);         \
    template bool is_equal<F>(Bits<F>, Bits<F>, Environment&);             \
    template bool is_greater_or_equal<F>(Bits<F>, Bits<F>, Environment&);  \
    template bool is_greater<F>(Bits<F>, Bits<F>, Environment&);
FP_INSTANTIATE(Half)
FP_INSTANTIATE(Single)
FP_INSTANTIATE(Double)
#undef FP_INSTANTIATE

}  // namespace emu::fp
