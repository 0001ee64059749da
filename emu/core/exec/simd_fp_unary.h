// Advanced SIMD on one vector of floating-point elements, conversions among them, and constants. Arm: C7.2, the
// operation section of each instruction.
#pragma once

#include "emu/core/exec/fp_operations.h"
#include "emu/core/exec/simd_fp_shapes.h"
#include "emu/fp/convert.h"
#include "emu/fp/estimate.h"

namespace emu::exec {

EXEC_FP_FORMATS(FABS_vec, fp_vector_unary, fp_absolute)
EXEC_FP_FORMATS(FNEG_vec, fp_vector_unary, fp_negated)
EXEC_FP_FORMATS(FSQRT_vec, fp_vector_unary, fp::square_root)
EXEC_FP_FORMATS(FRECPE_vec, fp_vector_unary, fp::reciprocal_estimate)
EXEC_FP_FORMATS(FRSQRTE_vec, fp_vector_unary, fp::reciprocal_root_estimate)
EXEC_FP_FORMATS(FRECPX, fp_vector_unary, fp::reciprocal_exponent)
EXEC_FP_FORMATS(FCMGT_zero_vec, fp_vector_unary, fp_greater_than_zero)
EXEC_FP_FORMATS(FCMEQ_zero_vec, fp_vector_unary, fp_equal_to_zero)
EXEC_FP_FORMATS(FCMLT_zero_vec, fp_vector_unary, fp_less_than_zero)
EXEC_FP_FORMATS(FCMGE_zero_vec, fp_vector_unary, fp_not_below_zero)
EXEC_FP_FORMATS(FCMLE_zero_vec, fp_vector_unary, fp_not_above_zero)
EXEC_FP_FORMATS(FRINTN_vec, fp_vector_unary, fp_frintn)
EXEC_FP_FORMATS(FRINTM_vec, fp_vector_unary, fp_frintm)
EXEC_FP_FORMATS(FRINTP_vec, fp_vector_unary, fp_frintp)
EXEC_FP_FORMATS(FRINTZ_vec, fp_vector_unary, fp_frintz)
EXEC_FP_FORMATS(FRINTA_vec, fp_vector_unary, fp_frinta)
EXEC_FP_FORMATS(FRINTX_vec, fp_vector_unary, fp_frintx)
EXEC_FP_FORMATS(FRINTI_vec, fp_vector_unary, fp_frinti)
EXEC_FP_BODY(FRINT32Z_vec_S, fp_vector_unary<fp::Single, fp_frint32z<fp::Single>>)
EXEC_FP_BODY(FRINT32Z_vec_D, fp_vector_unary<fp::Double, fp_frint32z<fp::Double>>)
EXEC_FP_BODY(FRINT32X_vec_S, fp_vector_unary<fp::Single, fp_frint32x<fp::Single>>)
EXEC_FP_BODY(FRINT32X_vec_D, fp_vector_unary<fp::Double, fp_frint32x<fp::Double>>)
EXEC_FP_BODY(FRINT64Z_vec_S, fp_vector_unary<fp::Single, fp_frint64z<fp::Single>>)
EXEC_FP_BODY(FRINT64Z_vec_D, fp_vector_unary<fp::Double, fp_frint64z<fp::Double>>)
EXEC_FP_BODY(FRINT64X_vec_S, fp_vector_unary<fp::Single, fp_frint64x<fp::Single>>)
EXEC_FP_BODY(FRINT64X_vec_D, fp_vector_unary<fp::Double, fp_frint64x<fp::Double>>)

// Integers and fixed-point numbers of the element's size; op->imm: bits after the point.
template <class F>
[[nodiscard]] EXEC_INLINE fp::FixedPoint element_integer(const DecodedOp* op, bool is_signed) {
    return {F::kBits, static_cast<unsigned>(op->imm), is_signed};
}
template <class F>
FP_BODY void fp_vector_to_fixed(Pe& pe, const DecodedOp* op, bool is_signed, fp::Rounding rounding) {
    const fp::FixedPoint shape = element_integer<F>(op, is_signed);
    fp_for_each<F>(pe, op, [&](unsigned i, fp::Environment& env) {
        return static_cast<fp::Bits<F>>(fp::to_fixed<F>(fp_element<F>(pe, op->rn, i), shape, rounding, env));
    });
}
template <class F>
FP_BODY void fp_vector_from_fixed(Pe& pe, const DecodedOp* op, bool is_signed) {
    const fp::FixedPoint shape = element_integer<F>(op, is_signed);
    fp_for_each<F>(pe, op, [&](unsigned i, fp::Environment& env) {
        return fp::from_fixed<F>(fp_element<F>(pe, op->rn, i), shape, env);
    });
}

#define EXEC_FP_TO_FIXED(name, letter, F, is_signed, rounding)                            \
    EXEC_FP(name##_vec_##letter) {                                                        \
        fp_vector_to_fixed<fp::F>(pe, op, is_signed, fp::Rounding::rounding);             \
        return Mode::next(pe, op);                                                        \
    }
#define EXEC_FP_TO_FIXEDS(name, is_signed, rounding)                  \
    EXEC_FP_TO_FIXED(name, H, Half, is_signed, rounding)              \
    EXEC_FP_TO_FIXED(name, S, Single, is_signed, rounding)            \
    EXEC_FP_TO_FIXED(name, D, Double, is_signed, rounding)
EXEC_FP_TO_FIXEDS(FCVTNS, true, TieEven)
EXEC_FP_TO_FIXEDS(FCVTNU, false, TieEven)
EXEC_FP_TO_FIXEDS(FCVTAS, true, TieAway)
EXEC_FP_TO_FIXEDS(FCVTAU, false, TieAway)
EXEC_FP_TO_FIXEDS(FCVTPS, true, PlusInfinity)
EXEC_FP_TO_FIXEDS(FCVTPU, false, PlusInfinity)
EXEC_FP_TO_FIXEDS(FCVTMS, true, MinusInfinity)
EXEC_FP_TO_FIXEDS(FCVTMU, false, MinusInfinity)
EXEC_FP_TO_FIXEDS(FCVTZS, true, Zero)
EXEC_FP_TO_FIXEDS(FCVTZU, false, Zero)
#undef EXEC_FP_TO_FIXEDS
#undef EXEC_FP_TO_FIXED

#define EXEC_FP_FROM_FIXED(letter, F)                                                                              \
    EXEC_FP(SCVTF_vec_##letter) { fp_vector_from_fixed<fp::F>(pe, op, true); return Mode::next(pe, op); }          \
    EXEC_FP(UCVTF_vec_##letter) { fp_vector_from_fixed<fp::F>(pe, op, false); return Mode::next(pe, op); }
EXEC_FP_FROM_FIXED(H, Half)
EXEC_FP_FROM_FIXED(S, Single)
EXEC_FP_FROM_FIXED(D, Double)
#undef EXEC_FP_FROM_FIXED

// To the half of Vd that op->shift tells, which keeps the other half where that is the low one.
template <class To, class From>
FP_BODY void fp_narrow(Pe& pe, const DecodedOp* op, bool to_odd) {
    FpEnvironment env{pe};
    VectorRegister narrow{};
    for (unsigned i = 0; i < 16 / sizeof(fp::Bits<From>); ++i) {
        const fp::Rounding rounding = to_odd ? fp::Rounding::Odd : env.rounding;
        set_element(narrow, i, fp::convert<To, From>(fp_element<From>(pe, op->rn, i), rounding, env));
    }
    VectorRegister& d = pe.v[op->rd];
    d = op->shift == 0 ? narrow : VectorRegister{{d.d[0], narrow.d[0]}};
}
// From the half of Vn that op->shift tells.
template <class To, class From>
FP_BODY void fp_widen(Pe& pe, const DecodedOp* op) {
    FpEnvironment env{pe};
    constexpr unsigned kElements = 16 / sizeof(fp::Bits<To>);
    VectorRegister wide{};
    for (unsigned i = 0; i < kElements; ++i) {
        set_element(wide, i, fp::convert<To, From>(fp_element<From>(pe, op->rn, op->shift * kElements + i), env));
    }
    pe.v[op->rd] = wide;
}
FP_BODY void fp_narrow_scalar_to_odd(Pe& pe, const DecodedOp* op) {
    FpEnvironment env{pe};
    const u64 wide = scalar<fp::Double>(pe, op->rn);
    write_scalar(pe.v[op->rd], fp::convert<fp::Single, fp::Double>(wide, fp::Rounding::Odd, env));
}
EXEC_FP(FCVTN_HS) { fp_narrow<fp::Half, fp::Single>(pe, op, false); return Mode::next(pe, op); }
EXEC_FP(FCVTN_SD) { fp_narrow<fp::Single, fp::Double>(pe, op, false); return Mode::next(pe, op); }
EXEC_FP(FCVTXN_vec) { fp_narrow<fp::Single, fp::Double>(pe, op, true); return Mode::next(pe, op); }
EXEC_FP(BFCVTN) { fp_narrow<fp::BFloat16, fp::Single>(pe, op, false); return Mode::next(pe, op); }
EXEC_FP_BODY(FCVTXN_scalar, fp_narrow_scalar_to_odd)
EXEC_FP_BODY(FCVTL_SH, fp_widen<fp::Single, fp::Half>)
EXEC_FP_BODY(FCVTL_DS, fp_widen<fp::Double, fp::Single>)

template <class Mode>
EXEC_INLINE void vector_constant(Pe& pe, const DecodedOp* op) {
    pe.v[op->rd] = {{op->imm, op->shift == operands::kVectorFull ? op->imm : 0}};
    return Mode::next(pe, op);
}
EXEC_FP(FMOV_vec_H) { return vector_constant<Mode>(pe, op); }
EXEC_FP(FMOV_vec_S) { return vector_constant<Mode>(pe, op); }
EXEC_FP(FMOV_vec_D) { return vector_constant<Mode>(pe, op); }

}  // namespace emu::exec
