// Logical operations, modified immediates and copies of elements: short enough to be part of their handlers.
// Arm: C4.1, Advanced SIMD three same (logical), modified immediate, copy.
#pragma once

#include "emu/core/exec/simd_lanes.h"

namespace emu::exec {

// Vd = {low, high}, of which half may be meant.
EXEC_INLINE void write_halves(Pe& pe, const DecodedOp* op, u64 low, u64 high) {
    pe.v[op->rd].d[0] = low;
    pe.v[op->rd].d[1] = op->shift != operands::kVectorHalf ? high : 0;
}
// Function(d, n, m) on doublewords.
template <class Mode, class Function>
EXEC_INLINE void logical(Pe& pe, const DecodedOp* op, Function function) {
    const VectorRegister d = pe.v[op->rd];
    const VectorRegister n = pe.v[op->rn];
    const VectorRegister m = pe.v[op->rm];
    write_halves(pe, op, function(d.d[0], n.d[0], m.d[0]), function(d.d[1], n.d[1], m.d[1]));
    return Mode::next(pe, op);
}
#define LOGICAL(name, expression)                                                                                     \
    EXEC_FP(name) {                                                                                                   \
        return logical<Mode>(pe, op, []([[maybe_unused]] u64 d, u64 n, u64 m) { return u64{expression}; });           \
    }
LOGICAL(AND_vec, n & m)
LOGICAL(BIC_vec, n & ~m)
LOGICAL(ORR_vec, n | m)
LOGICAL(ORN_vec, n | ~m)
LOGICAL(EOR_vec, n ^ m)
LOGICAL(BSL_vec, (n & d) | (m & ~d))
LOGICAL(BIT_vec, (n & m) | (d & ~m))
LOGICAL(BIF_vec, (n & ~m) | (d & m))
#undef LOGICAL

EXEC_FP(MOVI_S) {
    write_halves(pe, op, op->imm, op->imm);
    return Mode::next(pe, op);
}
EXEC_FP(ORR_imm_S) {
    write_halves(pe, op, pe.v[op->rd].d[0] | op->imm, pe.v[op->rd].d[1] | op->imm);
    return Mode::next(pe, op);
}
// imm has the ones to keep.
EXEC_FP(BIC_imm_S) {
    write_halves(pe, op, pe.v[op->rd].d[0] & op->imm, pe.v[op->rd].d[1] & op->imm);
    return Mode::next(pe, op);
}

[[nodiscard]] EXEC_INLINE u64 element_as_u64(const DecodedOp* op, const VectorRegister& v, unsigned index) {
    return for_element_size(op, [&]<class T>(T) { return u64{element<T>(v, index)}; });
}
EXEC_INLINE void set_element_from_u64(const DecodedOp* op, VectorRegister& v, unsigned index, u64 value) {
    for_element_size(op, [&]<class T>(T) { set_element(v, index, static_cast<T>(value)); });
}

// All lanes of the active part the low element of `value`.
EXEC_INLINE void write_duplicates(Pe& pe, const DecodedOp* op, u64 value) {
    constexpr u64 kFactors[4] = {0x0101'0101'0101'0101, 0x0001'0001'0001'0001, 0x1'0000'0001, 1};
    const u64 lanes = (value & arch::low_mask(8u << op->option)) * kFactors[op->option];
    write_halves(pe, op, lanes, lanes);
}
EXEC_FP(DUP_gen) {
    write_duplicates(pe, op, pe.x[op->rn]);
    return Mode::next(pe, op);
}
EXEC_FP(DUP_elem) {
    write_duplicates(pe, op, element_as_u64(op, pe.v[op->rn], static_cast<unsigned>(op->imm)));
    return Mode::next(pe, op);
}
EXEC_FP(DUP_scalar) {
    write_scalar(pe.v[op->rd], element_as_u64(op, pe.v[op->rn], static_cast<unsigned>(op->imm)));
    return Mode::next(pe, op);
}
EXEC_FP(UMOV_32) {
    pe.x[op->rd] = element_as_u64(op, pe.v[op->rn], static_cast<unsigned>(op->imm));
    return Mode::next(pe, op);
}
[[nodiscard]] EXEC_INLINE i64 signed_element(const DecodedOp* op, const VectorRegister& v) {
    return arch::sign_extend(element_as_u64(op, v, static_cast<unsigned>(op->imm)), 8u << op->option);
}
EXEC_FP(SMOV_32) {
    pe.x[op->rd] = static_cast<u32>(signed_element(op, pe.v[op->rn]));
    return Mode::next(pe, op);
}
EXEC_FP(SMOV_64) {
    pe.x[op->rd] = static_cast<u64>(signed_element(op, pe.v[op->rn]));
    return Mode::next(pe, op);
}
EXEC_FP(INS_gen) {
    set_element_from_u64(op, pe.v[op->rd], static_cast<unsigned>(op->imm), pe.x[op->rn]);
    return Mode::next(pe, op);
}
EXEC_FP(INS_elem) {
    set_element_from_u64(op, pe.v[op->rd], static_cast<unsigned>(op->imm), element_as_u64(op, pe.v[op->rn], op->ra));
    return Mode::next(pe, op);
}

}  // namespace emu::exec
