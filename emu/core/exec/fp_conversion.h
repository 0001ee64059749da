// Conversions of scalar floating point. Arm: C7.2, the operation section of each instruction.
#pragma once

#include "emu/core/exec/fp_shapes.h"
#include "emu/fp/convert.h"

namespace emu::exec {

template <class To, class From>
FP_BODY void fp_convert(Pe& pe, const DecodedOp* op) {
    FpEnvironment env{pe};
    write_scalar(pe.v[op->rd], fp::convert<To, From>(scalar<From>(pe, op->rn), env));
}
EXEC_FP_BODY(FCVT_SH, fp_convert<fp::Single, fp::Half>)
EXEC_FP_BODY(FCVT_DH, fp_convert<fp::Double, fp::Half>)
EXEC_FP_BODY(FCVT_DS, fp_convert<fp::Double, fp::Single>)
EXEC_FP_BODY(FCVT_HS, fp_convert<fp::Half, fp::Single>)
EXEC_FP_BODY(FCVT_SD, fp_convert<fp::Single, fp::Double>)
EXEC_FP_BODY(FCVT_HD, fp_convert<fp::Half, fp::Double>)
EXEC_FP_BODY(BFCVT, fp_convert<fp::BFloat16, fp::Single>)

// Signed or unsigned, and of which width: an integer in a general register.
struct GeneralInteger {
    unsigned width;
    bool is_signed;

    [[nodiscard]] fp::FixedPoint with_fraction(u8 fraction_bits) const { return {width, fraction_bits, is_signed}; }
};

template <class F>
FP_BODY void fp_to_general(Pe& pe, const DecodedOp* op, GeneralInteger integer, fp::Rounding rounding) {
    FpEnvironment env{pe};
    pe.x[op->rd] = fp::to_fixed<F>(scalar<F>(pe, op->rn), integer.with_fraction(op->shift), rounding, env);
}
template <class F>
FP_BODY void fp_from_general(Pe& pe, const DecodedOp* op, GeneralInteger integer) {
    FpEnvironment env{pe};
    write_scalar(pe.v[op->rd], fp::from_fixed<F>(pe.x[op->rn], integer.with_fraction(op->shift), env));
}

#define EXEC_FP_TO_GENERAL(name, F, width, is_signed, rounding)                              \
    EXEC_FP(name) {                                                                          \
        fp_to_general<fp::F>(pe, op, {width, is_signed}, fp::Rounding::rounding);            \
        return Mode::next(pe, op);                                                           \
    }
#define EXEC_FP_TO_GENERALS(name, is_signed, rounding)                  \
    EXEC_FP_TO_GENERAL(name##_WH, Half, 32, is_signed, rounding)        \
    EXEC_FP_TO_GENERAL(name##_XH, Half, 64, is_signed, rounding)        \
    EXEC_FP_TO_GENERAL(name##_WS, Single, 32, is_signed, rounding)      \
    EXEC_FP_TO_GENERAL(name##_XS, Single, 64, is_signed, rounding)      \
    EXEC_FP_TO_GENERAL(name##_WD, Double, 32, is_signed, rounding)      \
    EXEC_FP_TO_GENERAL(name##_XD, Double, 64, is_signed, rounding)
EXEC_FP_TO_GENERALS(FCVTNS, true, TieEven)
EXEC_FP_TO_GENERALS(FCVTNU, false, TieEven)
EXEC_FP_TO_GENERALS(FCVTAS, true, TieAway)
EXEC_FP_TO_GENERALS(FCVTAU, false, TieAway)
EXEC_FP_TO_GENERALS(FCVTPS, true, PlusInfinity)
EXEC_FP_TO_GENERALS(FCVTPU, false, PlusInfinity)
EXEC_FP_TO_GENERALS(FCVTMS, true, MinusInfinity)
EXEC_FP_TO_GENERALS(FCVTMU, false, MinusInfinity)
EXEC_FP_TO_GENERALS(FCVTZS, true, Zero)
EXEC_FP_TO_GENERALS(FCVTZU, false, Zero)
#undef EXEC_FP_TO_GENERALS
#undef EXEC_FP_TO_GENERAL

#define EXEC_FP_FROM_GENERAL(letter, F)                                                                             \
    EXEC_FP(SCVTF_W##letter) { fp_from_general<fp::F>(pe, op, {32, true}); return Mode::next(pe, op); }             \
    EXEC_FP(SCVTF_X##letter) { fp_from_general<fp::F>(pe, op, {64, true}); return Mode::next(pe, op); }             \
    EXEC_FP(UCVTF_W##letter) { fp_from_general<fp::F>(pe, op, {32, false}); return Mode::next(pe, op); }            \
    EXEC_FP(UCVTF_X##letter) { fp_from_general<fp::F>(pe, op, {64, false}); return Mode::next(pe, op); }
EXEC_FP_FROM_GENERAL(H, Half)
EXEC_FP_FROM_GENERAL(S, Single)
EXEC_FP_FROM_GENERAL(D, Double)
#undef EXEC_FP_FROM_GENERAL

FP_BODY void fp_to_javascript_integer(Pe& pe, const DecodedOp* op) {
    FpEnvironment env{pe};
    const fp::JavaScriptInteger integer = fp::to_javascript_integer(scalar<fp::Double>(pe, op->rn), env);
    pe.x[op->rd] = integer.value;
    pe.nzcv = integer.exact ? kFlagZ : 0;
}
EXEC_FP_BODY(FJCVTZS, fp_to_javascript_integer)

// Bits as they are: T of a V register to X, and of X to an otherwise zero V register.
template <class Mode, class T>
EXEC_INLINE void bits_to_general(Pe& pe, const DecodedOp* op) {
    pe.x[op->rd] = element<T>(pe.v[op->rn], 0);
    return Mode::next(pe, op);
}
template <class Mode, class T>
EXEC_INLINE void bits_from_general(Pe& pe, const DecodedOp* op) {
    write_scalar(pe.v[op->rd], static_cast<T>(pe.x[op->rn]));
    return Mode::next(pe, op);
}
EXEC_FP(FMOV_WH) { return bits_to_general<Mode, u16>(pe, op); }
EXEC_FP(FMOV_XH) { return bits_to_general<Mode, u16>(pe, op); }
EXEC_FP(FMOV_WS) { return bits_to_general<Mode, u32>(pe, op); }
EXEC_FP(FMOV_XD) { return bits_to_general<Mode, u64>(pe, op); }
EXEC_FP(FMOV_HW) { return bits_from_general<Mode, u16>(pe, op); }
EXEC_FP(FMOV_HX) { return bits_from_general<Mode, u16>(pe, op); }
EXEC_FP(FMOV_SW) { return bits_from_general<Mode, u32>(pe, op); }
EXEC_FP(FMOV_DX) { return bits_from_general<Mode, u64>(pe, op); }
EXEC_FP(FMOV_XtopV) {
    pe.x[op->rd] = pe.v[op->rn].d[1];
    return Mode::next(pe, op);
}
EXEC_FP(FMOV_topVX) {
    pe.v[op->rd].d[1] = pe.x[op->rn];
    return Mode::next(pe, op);
}

}  // namespace emu::exec
