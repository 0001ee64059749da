// Scalar floating point without conversions. Arm: C7.2, the operation section of each instruction.
#pragma once

#include "emu/core/exec/fp_operations.h"
#include "emu/core/exec/fp_shapes.h"

namespace emu::exec {

template <class F, auto Operation>
FP_BODY void fp_unary(Pe& pe, const DecodedOp* op) {
    FpEnvironment env{pe};
    write_scalar(pe.v[op->rd], Operation(scalar<F>(pe, op->rn), env));
}
template <class F, auto Operation>
FP_BODY void fp_binary(Pe& pe, const DecodedOp* op) {
    FpEnvironment env{pe};
    write_scalar(pe.v[op->rd], Operation(scalar<F>(pe, op->rn), scalar<F>(pe, op->rm), env));
}
template <class F, auto Operation>
FP_BODY void fp_ternary(Pe& pe, const DecodedOp* op) {
    FpEnvironment env{pe};
    write_scalar(pe.v[op->rd], Operation(scalar<F>(pe, op->ra), scalar<F>(pe, op->rn), scalar<F>(pe, op->rm), env));
}

// Of bits alone: no rounding, no flags. `expression` is of `a`, the source, whose format is F.
#define EXEC_FP_BITS(name, Format, expression)                                \
    EXEC_FP(name) {                                                           \
        using F = fp::Format;                                                 \
        const fp::Bits<F> a = scalar<F>(pe, op->rn);                          \
        write_scalar(pe.v[op->rd], static_cast<fp::Bits<F>>(expression));     \
        return Mode::next(pe, op);                                            \
    }
#define EXEC_FP_BITS_FORMATS(name, expression)        \
    EXEC_FP_BITS(name##_H, Half, expression)          \
    EXEC_FP_BITS(name##_S, Single, expression)        \
    EXEC_FP_BITS(name##_D, Double, expression)
EXEC_FP_BITS_FORMATS(FMOV_reg, a)
EXEC_FP_BITS_FORMATS(FABS, fp::absolute<F>(a))
EXEC_FP_BITS_FORMATS(FNEG, fp::negated<F>(a))
#undef EXEC_FP_BITS_FORMATS
#undef EXEC_FP_BITS

EXEC_FP_FORMATS(FSQRT, fp_unary, fp::square_root)
EXEC_FP_FORMATS(FRINTN, fp_unary, fp_frintn)
EXEC_FP_FORMATS(FRINTP, fp_unary, fp_frintp)
EXEC_FP_FORMATS(FRINTM, fp_unary, fp_frintm)
EXEC_FP_FORMATS(FRINTZ, fp_unary, fp_frintz)
EXEC_FP_FORMATS(FRINTA, fp_unary, fp_frinta)
EXEC_FP_FORMATS(FRINTX, fp_unary, fp_frintx)
EXEC_FP_FORMATS(FRINTI, fp_unary, fp_frinti)
EXEC_FP_BODY(FRINT32Z_S, fp_unary<fp::Single, fp_frint32z<fp::Single>>)
EXEC_FP_BODY(FRINT32Z_D, fp_unary<fp::Double, fp_frint32z<fp::Double>>)
EXEC_FP_BODY(FRINT32X_S, fp_unary<fp::Single, fp_frint32x<fp::Single>>)
EXEC_FP_BODY(FRINT32X_D, fp_unary<fp::Double, fp_frint32x<fp::Double>>)
EXEC_FP_BODY(FRINT64Z_S, fp_unary<fp::Single, fp_frint64z<fp::Single>>)
EXEC_FP_BODY(FRINT64Z_D, fp_unary<fp::Double, fp_frint64z<fp::Double>>)
EXEC_FP_BODY(FRINT64X_S, fp_unary<fp::Single, fp_frint64x<fp::Single>>)
EXEC_FP_BODY(FRINT64X_D, fp_unary<fp::Double, fp_frint64x<fp::Double>>)

EXEC_FP_FORMATS(FMUL, fp_binary, fp::multiply)
EXEC_FP_FORMATS(FDIV, fp_binary, fp::divide)
EXEC_FP_FORMATS(FADD, fp_binary, fp::add)
EXEC_FP_FORMATS(FSUB, fp_binary, fp::subtract)
EXEC_FP_FORMATS(FMAX, fp_binary, fp::maximum)
EXEC_FP_FORMATS(FMIN, fp_binary, fp::minimum)
EXEC_FP_FORMATS(FMAXNM, fp_binary, fp::maximum_number)
EXEC_FP_FORMATS(FMINNM, fp_binary, fp::minimum_number)
EXEC_FP_FORMATS(FNMUL, fp_binary, fp::multiply_negated)

EXEC_FP_FORMATS(FMADD, fp_ternary, fp::multiply_add)
EXEC_FP_FORMATS(FMSUB, fp_ternary, fp::multiply_subtract)
EXEC_FP_FORMATS(FNMADD, fp_ternary, fp_fnmadd)
EXEC_FP_FORMATS(FNMSUB, fp_ternary, fp_fnmsub)

template <class F>
FP_BODY void fp_compare(Pe& pe, const DecodedOp* op, bool signal_quiet) {
    FpEnvironment env{pe};
    pe.nzcv = fp::compare<F>(scalar<F>(pe, op->rn), scalar<F>(pe, op->rm), signal_quiet, env);
}
template <class F>
FP_BODY void fp_compare_zero(Pe& pe, const DecodedOp* op, bool signal_quiet) {
    FpEnvironment env{pe};
    pe.nzcv = fp::compare<F>(scalar<F>(pe, op->rn), 0, signal_quiet, env);
}
// Where the condition fails nothing is compared and no flag of FPSR raised.
template <class F>
FP_BODY void fp_conditional_compare(Pe& pe, const DecodedOp* op, bool signal_quiet) {
    if (condition_holds(op->option, pe.nzcv)) return fp_compare<F>(pe, op, signal_quiet);
    pe.nzcv = u32{op->shift} << 28;
}
template <class F>
EXEC_INLINE void fp_conditional_select(Pe& pe, const DecodedOp* op) {
    write_scalar(pe.v[op->rd], scalar<F>(pe, condition_holds(op->option, pe.nzcv) ? op->rn : op->rm));
}

#define EXEC_FP_COMPARE(letter, F)                                                                                  \
    EXEC_FP(FCMP_##letter) { fp_compare<F>(pe, op, false); return Mode::next(pe, op); }                             \
    EXEC_FP(FCMPE_##letter) { fp_compare<F>(pe, op, true); return Mode::next(pe, op); }                             \
    EXEC_FP(FCMP_zero_##letter) { fp_compare_zero<F>(pe, op, false); return Mode::next(pe, op); }                   \
    EXEC_FP(FCMPE_zero_##letter) { fp_compare_zero<F>(pe, op, true); return Mode::next(pe, op); }                   \
    EXEC_FP(FCCMP_##letter) { fp_conditional_compare<F>(pe, op, false); return Mode::next(pe, op); }                \
    EXEC_FP(FCCMPE_##letter) { fp_conditional_compare<F>(pe, op, true); return Mode::next(pe, op); }                \
    EXEC_FP(FCSEL_##letter) { fp_conditional_select<F>(pe, op); return Mode::next(pe, op); }                        \
    EXEC_FP(FMOV_imm_##letter) {                                                                                    \
        write_scalar(pe.v[op->rd], op->imm);                                                                        \
        return Mode::next(pe, op);                                                                                  \
    }
EXEC_FP_COMPARE(H, fp::Half)
EXEC_FP_COMPARE(S, fp::Single)
EXEC_FP_COMPARE(D, fp::Double)
#undef EXEC_FP_COMPARE

}  // namespace emu::exec
