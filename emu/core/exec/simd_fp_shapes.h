// How floating-point operations of one signature go over the elements of V registers. `Operation` takes elements of F
// and the environment. Results are collected and written at the end: the destination may be a source.
#pragma once

#include "emu/core/exec/fp_shapes.h"
#include "emu/isa/operands_vector.h"

namespace emu::exec {

// Elements of F that take part.
template <class F>
[[nodiscard]] EXEC_INLINE unsigned fp_elements(const DecodedOp* op) {
    constexpr unsigned kBytes = sizeof(fp::Bits<F>);
    return op->shift == operands::kVectorScalar ? 1 : (8u << op->shift) / kBytes;
}
template <class F>
[[nodiscard]] EXEC_INLINE fp::Bits<F> fp_element(const Pe& pe, u8 number, unsigned index) {
    return element<fp::Bits<F>>(pe.v[number], index);
}

// Elements first .. first + count - 1, at most a doubleword, as bits of that.
template <class F, class Compute>
[[nodiscard]] EXEC_INLINE u64 fp_doubleword(unsigned first, unsigned count, fp::Environment& env, Compute compute) {
    u64 bits = 0;
    for (unsigned i = 0; i < count; ++i) bits |= u64{compute(first + i, env)} << (i * F::kBits);
    return bits;
}
// Vd[i] = compute(i, environment); the rest of Vd becomes zero.
template <class F, class Compute>
EXEC_INLINE void fp_for_each(Pe& pe, const DecodedOp* op, Compute compute) {
    constexpr unsigned kPerDoubleword = 64 / F::kBits;
    FpEnvironment env{pe};
    const unsigned low_count = op->shift == operands::kVectorScalar ? 1 : kPerDoubleword;
    const u64 low = fp_doubleword<F>(0, low_count, env, compute);
    const bool whole = op->shift == operands::kVectorFull;
    const u64 high = whole ? fp_doubleword<F>(kPerDoubleword, kPerDoubleword, env, compute) : 0;
    pe.v[op->rd] = {{low, high}};
}

// Vd[i] = f(Vn[i])
template <class F, auto Operation>
FP_BODY void fp_vector_unary(Pe& pe, const DecodedOp* op) {
    fp_for_each<F>(pe, op,
                   [&](unsigned i, fp::Environment& env) { return Operation(fp_element<F>(pe, op->rn, i), env); });
}
// Vd[i] = f(Vn[i], Vm[i])
template <class F, auto Operation>
FP_BODY void fp_vector_binary(Pe& pe, const DecodedOp* op) {
    fp_for_each<F>(pe, op, [&](unsigned i, fp::Environment& env) {
        return Operation(fp_element<F>(pe, op->rn, i), fp_element<F>(pe, op->rm, i), env);
    });
}
// Vd[i] = f(Vd[i], Vn[i], Vm[i])
template <class F, auto Operation>
FP_BODY void fp_vector_update(Pe& pe, const DecodedOp* op) {
    fp_for_each<F>(pe, op, [&](unsigned i, fp::Environment& env) {
        return Operation(fp_element<F>(pe, op->rd, i), fp_element<F>(pe, op->rn, i), fp_element<F>(pe, op->rm, i), env);
    });
}
// Vd[i] = f(Vn[i], Vm[imm])
template <class F, auto Operation>
FP_BODY void fp_element_binary(Pe& pe, const DecodedOp* op) {
    const fp::Bits<F> b = fp_element<F>(pe, op->rm, static_cast<unsigned>(op->imm));
    fp_for_each<F>(pe, op,
                   [&](unsigned i, fp::Environment& env) { return Operation(fp_element<F>(pe, op->rn, i), b, env); });
}
// Vd[i] = f(Vd[i], Vn[i], Vm[imm])
template <class F, auto Operation>
FP_BODY void fp_element_update(Pe& pe, const DecodedOp* op) {
    const fp::Bits<F> b = fp_element<F>(pe, op->rm, static_cast<unsigned>(op->imm));
    fp_for_each<F>(pe, op, [&](unsigned i, fp::Environment& env) {
        return Operation(fp_element<F>(pe, op->rd, i), fp_element<F>(pe, op->rn, i), b, env);
    });
}
// Vd[i] = f of neighbours of Vn:Vm, Vn in the lower half.
template <class F, auto Operation>
FP_BODY void fp_vector_pairs(Pe& pe, const DecodedOp* op) {
    const unsigned half = fp_elements<F>(op) / 2;
    fp_for_each<F>(pe, op, [&](unsigned i, fp::Environment& env) {
        const u8 number = i < half ? op->rn : op->rm;
        const unsigned first = 2 * (i % half);
        return Operation(fp_element<F>(pe, number, first), fp_element<F>(pe, number, first + 1), env);
    });
}
// Vd = f(Vn[0], Vn[1])
template <class F, auto Operation>
FP_BODY void fp_scalar_pair(Pe& pe, const DecodedOp* op) {
    FpEnvironment env{pe};
    write_scalar(pe.v[op->rd], Operation(fp_element<F>(pe, op->rn, 0), fp_element<F>(pe, op->rn, 1), env));
}
// Vd = f over all elements of Vn, neighbours first, then their results. Arm: Reduce.
template <class F, auto Operation>
FP_BODY void fp_across(Pe& pe, const DecodedOp* op) {
    FpEnvironment env{pe};
    VectorRegister values = pe.v[op->rn];
    for (unsigned count = fp_elements<F>(op) / 2; count != 0; count /= 2) {
        for (unsigned i = 0; i < count; ++i) {
            const auto a = element<fp::Bits<F>>(values, 2 * i);
            const auto b = element<fp::Bits<F>>(values, 2 * i + 1);
            set_element(values, i, Operation(a, b, env));
        }
    }
    write_scalar(pe.v[op->rd], element<fp::Bits<F>>(values, 0));
}

}  // namespace emu::exec
