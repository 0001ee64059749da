#include "emu/fp/bfloat.h"

#include "emu/fp/arithmetic.h"
#include "emu/fp/operand.h"

namespace emu::fp {
namespace {

// Exact; a NaN keeps whether it signals.
[[nodiscard]] u32 widened_half(u16 a, Environment& env) {
    const Operand value = unpack<Half>(a, env);
    if (value.is_zero()) return Single::with_sign(value.negative, 0);
    if (value.kind == Kind::Finite) return round_to<Single>(exact(value), {}, env);
    const u64 fraction = (a & Half::kFraction) << (Single::kFractionBits - Half::kFractionBits);
    return Single::with_sign(value.negative, Single::kInfinity | fraction);
}

}  // namespace

u32 bfloat_dot(u32 addend, const u16 (&a)[2], const u16 (&b)[2]) {
    Environment env{kFlush | kDefaultNaNs, 0};
    env.rounding = Rounding::OddInfinity;
    const u32 first = multiply<Single>(widened_bfloat(a[0]), widened_bfloat(b[0]), env);
    const u32 second = multiply<Single>(widened_bfloat(a[1]), widened_bfloat(b[1]), env);
    return add<Single>(addend, add<Single>(first, second, env), env);
}

u32 multiply_add_halves(u32 addend, u16 a, u16 b, Environment& env) {
    return multiply_add<Single>(addend, widened_half(a, env), widened_half(b, env), env);
}

}  // namespace emu::fp
