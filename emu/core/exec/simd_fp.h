// Advanced SIMD on vectors of floating-point elements, but for what simd_fp_unary.h has. Arm: C7.2, the operation
// section of each instruction.
#pragma once

#include "emu/core/exec/fp_operations.h"
#include "emu/core/exec/simd_fp_shapes.h"
#include "emu/fp/bfloat.h"

namespace emu::exec {

EXEC_FP_FORMATS(FMAXNM_vec, fp_vector_binary, fp::maximum_number)
EXEC_FP_FORMATS(FMLA_vec, fp_vector_update, fp::multiply_add)
EXEC_FP_FORMATS(FADD_vec, fp_vector_binary, fp::add)
EXEC_FP_FORMATS(FMULX_vec, fp_vector_binary, fp::multiply_extended)
EXEC_FP_FORMATS(FCMEQ_vec, fp_vector_binary, fp::equal_mask)
EXEC_FP_FORMATS(FMAX_vec, fp_vector_binary, fp::maximum)
EXEC_FP_FORMATS(FRECPS_vec, fp_vector_binary, fp::reciprocal_step)
EXEC_FP_FORMATS(FMINNM_vec, fp_vector_binary, fp::minimum_number)
EXEC_FP_FORMATS(FMLS_vec, fp_vector_update, fp::multiply_subtract)
EXEC_FP_FORMATS(FSUB_vec, fp_vector_binary, fp::subtract)
EXEC_FP_FORMATS(FMIN_vec, fp_vector_binary, fp::minimum)
EXEC_FP_FORMATS(FRSQRTS_vec, fp_vector_binary, fp::reciprocal_root_step)
EXEC_FP_FORMATS(FMUL_vec, fp_vector_binary, fp::multiply)
EXEC_FP_FORMATS(FCMGE_vec, fp_vector_binary, fp::greater_or_equal_mask)
EXEC_FP_FORMATS(FACGE_vec, fp_vector_binary, fp::absolute_greater_or_equal_mask)
EXEC_FP_FORMATS(FDIV_vec, fp_vector_binary, fp::divide)
EXEC_FP_FORMATS(FABD_vec, fp_vector_binary, fp::absolute_difference)
EXEC_FP_FORMATS(FCMGT_vec, fp_vector_binary, fp::greater_mask)
EXEC_FP_FORMATS(FACGT_vec, fp_vector_binary, fp::absolute_greater_mask)

EXEC_FP_FORMATS(FMLA_elt, fp_element_update, fp::multiply_add)
EXEC_FP_FORMATS(FMLS_elt, fp_element_update, fp::multiply_subtract)
EXEC_FP_FORMATS(FMUL_elt, fp_element_binary, fp::multiply)
EXEC_FP_FORMATS(FMULX_elt, fp_element_binary, fp::multiply_extended)

EXEC_FP_FORMATS(FMAXNMP_vec, fp_vector_pairs, fp::maximum_number)
EXEC_FP_FORMATS(FADDP_vec, fp_vector_pairs, fp::add)
EXEC_FP_FORMATS(FMAXP_vec, fp_vector_pairs, fp::maximum)
EXEC_FP_FORMATS(FMINNMP_vec, fp_vector_pairs, fp::minimum_number)
EXEC_FP_FORMATS(FMINP_vec, fp_vector_pairs, fp::minimum)
EXEC_FP_FORMATS(FMAXNMP_pair, fp_scalar_pair, fp::maximum_number)
EXEC_FP_FORMATS(FADDP_pair, fp_scalar_pair, fp::add)
EXEC_FP_FORMATS(FMAXP_pair, fp_scalar_pair, fp::maximum)
EXEC_FP_FORMATS(FMINNMP_pair, fp_scalar_pair, fp::minimum_number)
EXEC_FP_FORMATS(FMINP_pair, fp_scalar_pair, fp::minimum)
EXEC_FP_BODY(FMAXNMV_H, fp_across<fp::Half, fp::maximum_number<fp::Half>>)
EXEC_FP_BODY(FMAXNMV_S, fp_across<fp::Single, fp::maximum_number<fp::Single>>)
EXEC_FP_BODY(FMAXV_H, fp_across<fp::Half, fp::maximum<fp::Half>>)
EXEC_FP_BODY(FMAXV_S, fp_across<fp::Single, fp::maximum<fp::Single>>)
EXEC_FP_BODY(FMINNMV_H, fp_across<fp::Half, fp::minimum_number<fp::Half>>)
EXEC_FP_BODY(FMINNMV_S, fp_across<fp::Single, fp::minimum_number<fp::Single>>)
EXEC_FP_BODY(FMINV_H, fp_across<fp::Half, fp::minimum<fp::Half>>)
EXEC_FP_BODY(FMINV_S, fp_across<fp::Single, fp::minimum<fp::Single>>)

// Words plus or minus products of halves: of the lower halves of Vn and Vm, or of the upper ones.
struct HalfProducts {
    bool upper;
    bool subtract;

    [[nodiscard]] unsigned first(const DecodedOp* op) const { return upper ? 2u << op->shift : 0; }
    [[nodiscard]] u32 add(u32 addend, u16 a, u16 b, fp::Environment& env) const {
        return fp::multiply_add_halves(addend, subtract ? fp::negated<fp::Half>(a) : a, b, env);
    }
};
FP_BODY void half_products(Pe& pe, const DecodedOp* op, HalfProducts how) {
    const unsigned first = how.first(op);
    fp_for_each<fp::Single>(pe, op, [&](unsigned i, fp::Environment& env) {
        return how.add(element<u32>(pe.v[op->rd], i), element<u16>(pe.v[op->rn], first + i),
                       element<u16>(pe.v[op->rm], first + i), env);
    });
}
FP_BODY void half_products_by_element(Pe& pe, const DecodedOp* op, HalfProducts how) {
    const unsigned first = how.first(op);
    const u16 b = element<u16>(pe.v[op->rm], static_cast<unsigned>(op->imm));
    fp_for_each<fp::Single>(pe, op, [&](unsigned i, fp::Environment& env) {
        return how.add(element<u32>(pe.v[op->rd], i), element<u16>(pe.v[op->rn], first + i), b, env);
    });
}
#define EXEC_HALF_PRODUCTS(name, upper, subtract)                                                                      \
    EXEC_FP(name##_vec) { half_products(pe, op, {upper, subtract}); return Mode::next(pe, op); }                       \
    EXEC_FP(name##_elt) { half_products_by_element(pe, op, {upper, subtract}); return Mode::next(pe, op); }
EXEC_HALF_PRODUCTS(FMLAL, false, false)
EXEC_HALF_PRODUCTS(FMLSL, false, true)
EXEC_HALF_PRODUCTS(FMLAL2, true, false)
EXEC_HALF_PRODUCTS(FMLSL2, true, true)
#undef EXEC_HALF_PRODUCTS

// Complex numbers: real part in the even element, imaginary part in the odd one. op->imm: quarter turns of Vm.
template <class F>
FP_BODY void complex_add(Pe& pe, const DecodedOp* op) {
    fp_for_each<F>(pe, op, [&](unsigned i, fp::Environment& env) {
        const bool real = i % 2 == 0;
        const fp::Bits<F> other = fp_element<F>(pe, op->rm, i ^ 1);
        const bool negate = real == (op->imm == 1);
        return fp::add<F>(fp_element<F>(pe, op->rn, i), negate ? fp::negated<F>(other) : other, env);
    });
}
// Turns 0 and 2 multiply by the real part of Vn, 1 and 3 by the imaginary one.
template <class F>
[[nodiscard]] EXEC_INLINE fp::Bits<F> complex_product(const Pe& pe, const DecodedOp* op, unsigned i, unsigned m,
                                                      fp::Environment& env) {
    const unsigned odd_turn = static_cast<unsigned>(op->imm & 1);
    const fp::Bits<F> n = fp_element<F>(pe, op->rn, (i & ~1u) + odd_turn);
    const fp::Bits<F> factor = fp_element<F>(pe, op->rm, (m & ~1u) + ((i & 1) ^ odd_turn));
    const bool negate = op->imm == 2 || (i % 2 == 0 ? op->imm == 1 : op->imm == 3);
    return fp::multiply_add<F>(fp_element<F>(pe, op->rd, i), n, negate ? fp::negated<F>(factor) : factor, env);
}
template <class F>
FP_BODY void complex_multiply_add(Pe& pe, const DecodedOp* op) {
    fp_for_each<F>(pe, op, [&](unsigned i, fp::Environment& env) { return complex_product<F>(pe, op, i, i, env); });
}
template <class F>
FP_BODY void complex_multiply_add_by_element(Pe& pe, const DecodedOp* op) {
    fp_for_each<F>(pe, op, [&](unsigned i, fp::Environment& env) {
        return complex_product<F>(pe, op, i, 2u * op->ra, env);
    });
}
EXEC_FP_BODY(FCADD_H, complex_add<fp::Half>)
EXEC_FP_BODY(FCADD_S, complex_add<fp::Single>)
EXEC_FP_BODY(FCADD_D, complex_add<fp::Double>)
EXEC_FP_BODY(FCMLA_H, complex_multiply_add<fp::Half>)
EXEC_FP_BODY(FCMLA_S, complex_multiply_add<fp::Single>)
EXEC_FP_BODY(FCMLA_D, complex_multiply_add<fp::Double>)
EXEC_FP_BODY(FCMLA_elt_H, complex_multiply_add_by_element<fp::Half>)
EXEC_FP_BODY(FCMLA_elt_S, complex_multiply_add_by_element<fp::Single>)

// addend + the products of two neighbouring pairs of BFloat16, which start at these elements.
[[nodiscard]] inline u32 bfloat_pair(const Pe& pe, const DecodedOp* op, u32 addend, unsigned n, unsigned m) {
    const VectorRegister& a = pe.v[op->rn];
    const VectorRegister& b = pe.v[op->rm];
    return fp::bfloat_dot(addend, {element<u16>(a, n), element<u16>(a, n + 1)},
                          {element<u16>(b, m), element<u16>(b, m + 1)});
}
FP_BODY void bfloat_dots(Pe& pe, const DecodedOp* op) {
    fp_for_each<fp::Single>(pe, op, [&](unsigned i, fp::Environment&) {
        return bfloat_pair(pe, op, element<u32>(pe.v[op->rd], i), 2 * i, 2 * i);
    });
}
FP_BODY void bfloat_dots_by_element(Pe& pe, const DecodedOp* op) {
    fp_for_each<fp::Single>(pe, op, [&](unsigned i, fp::Environment&) {
        return bfloat_pair(pe, op, element<u32>(pe.v[op->rd], i), 2 * i, 2 * static_cast<unsigned>(op->imm));
    });
}
// Vd, 2 by 2, plus Vn, 2 by 4, times Vm, 2 by 4 and transposed. Arm: BFMatMulAdd.
FP_BODY void bfloat_matrix(Pe& pe, const DecodedOp* op) {
    fp_for_each<fp::Single>(pe, op, [&](unsigned i, fp::Environment&) {
        const unsigned row = 4 * (i / 2);
        const unsigned column = 4 * (i % 2);
        const u32 sum = bfloat_pair(pe, op, element<u32>(pe.v[op->rd], i), row, column);
        return bfloat_pair(pe, op, sum, row + 2, column + 2);
    });
}
EXEC_FP_BODY(BFDOT_vec, bfloat_dots)
EXEC_FP_BODY(BFDOT_elt, bfloat_dots_by_element)
EXEC_FP_BODY(BFMMLA, bfloat_matrix)

// Words plus products of the even elements (bottom) or the odd ones (top), rounded by FPCR.
FP_BODY void bfloat_products(Pe& pe, const DecodedOp* op, unsigned top) {
    fp_for_each<fp::Single>(pe, op, [&](unsigned i, fp::Environment& env) {
        return fp::multiply_add<fp::Single>(element<u32>(pe.v[op->rd], i),
                                            fp::widened_bfloat(element<u16>(pe.v[op->rn], 2 * i + top)),
                                            fp::widened_bfloat(element<u16>(pe.v[op->rm], 2 * i + top)), env);
    });
}
FP_BODY void bfloat_products_by_element(Pe& pe, const DecodedOp* op, unsigned top) {
    const u32 b = fp::widened_bfloat(element<u16>(pe.v[op->rm], static_cast<unsigned>(op->imm)));
    fp_for_each<fp::Single>(pe, op, [&](unsigned i, fp::Environment& env) {
        return fp::multiply_add<fp::Single>(element<u32>(pe.v[op->rd], i),
                                            fp::widened_bfloat(element<u16>(pe.v[op->rn], 2 * i + top)), b, env);
    });
}
EXEC_FP(BFMLALB_vec) { bfloat_products(pe, op, 0); return Mode::next(pe, op); }
EXEC_FP(BFMLALT_vec) { bfloat_products(pe, op, 1); return Mode::next(pe, op); }
EXEC_FP(BFMLALB_elt) { bfloat_products_by_element(pe, op, 0); return Mode::next(pe, op); }
EXEC_FP(BFMLALT_elt) { bfloat_products_by_element(pe, op, 1); return Mode::next(pe, op); }

}  // namespace emu::exec
