// Loads and stores of V registers: single ones, pairs and structures. Arm: C4.1, "Loads and Stores".
// Where an access faults, no register and no memory has changed.
#pragma once

#include "emu/core/exec/memory_shapes.h"
#include "emu/core/exec/simd_structures.h"
#include "emu/core/exec/vector.h"

namespace emu::exec {

// Alignment, where checked, is that of one register of a pair and of one element of a structure.
[[nodiscard]] constexpr AccessSpec vector_spec(mmu::AccessKind kind, unsigned bytes, unsigned alignment) {
    return {static_cast<u8>(bytes), static_cast<u8>(alignment), kind, false, false};
}
template <class T>
inline constexpr AccessSpec kLoadV = vector_spec(mmu::AccessKind::Load, sizeof(T), sizeof(T));
template <class T>
inline constexpr AccessSpec kStoreV = vector_spec(mmu::AccessKind::Store, sizeof(T), sizeof(T));
template <class T>
inline constexpr AccessSpec kLoadPairV = vector_spec(mmu::AccessKind::Load, 2 * sizeof(T), sizeof(T));
template <class T>
inline constexpr AccessSpec kStorePairV = vector_spec(mmu::AccessKind::Store, 2 * sizeof(T), sizeof(T));

// T is what memory holds, VectorRegister for Q; the rest of the register becomes zero.
template <class Mode, class T>
EXEC_INLINE void load_v_at(Pe& pe, const DecodedOp* op, u64 va, auto write_back) {
    VectorRegister value{};
    if (!Mode::load_bytes(pe, op, va, &value, kLoadV<T>)) return Mode::leave(pe, op);
    write_back(pe, op);
    pe.v[op->rd] = value;
    return Mode::next(pe, op);
}
template <class Mode, class Address, class T>
EXEC_INLINE void load_v(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    return load_v_at<Mode, T>(pe, op, Address::address(pe, op), Address::write_back);
}
template <class Mode, class Address, class T>
EXEC_INLINE void store_v(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    if (!Mode::store_bytes(pe, op, Address::address(pe, op), &pe.v[op->rd], kStoreV<T>)) return Mode::leave(pe, op);
    Address::write_back(pe, op);
    return Mode::next(pe, op);
}
template <class Mode, class T>
EXEC_INLINE void load_v_literal(Pe& pe, const DecodedOp* op) {
    return load_v_at<Mode, T>(pe, op, Mode::pc(pe, op) + op->imm, Offset::write_back);
}

template <class Mode, class Address, class T>
EXEC_INLINE void load_v_pair(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    T values[2];
    if (!Mode::load_bytes(pe, op, Address::address(pe, op), values, kLoadPairV<T>)) return Mode::leave(pe, op);
    Address::write_back(pe, op);
    write_scalar(pe.v[op->rd], values[0]);
    write_scalar(pe.v[op->ra], values[1]);
    return Mode::next(pe, op);
}
template <class Mode, class Address, class T>
EXEC_INLINE void store_v_pair(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    const T values[2]{element<T>(pe.v[op->rd], 0), element<T>(pe.v[op->ra], 0)};
    if (!Mode::store_bytes(pe, op, Address::address(pe, op), values, kStorePairV<T>)) return Mode::leave(pe, op);
    Address::write_back(pe, op);
    return Mode::next(pe, op);
}

// One size of register in all addressing forms: LDR_imm_Q, STR_post_Q ...
#define V_LOADS_STORES(width, T)                                                        \
    EXEC_FP(LDR_imm_##width) { return load_v<Mode, Offset, T>(pe, op); }                \
    EXEC_FP(LDR_post_##width) { return load_v<Mode, PostIndex, T>(pe, op); }            \
    EXEC_FP(LDR_pre_##width) { return load_v<Mode, PreIndex, T>(pe, op); }              \
    EXEC_FP(LDR_reg_##width) { return load_v<Mode, RegisterOffset, T>(pe, op); }        \
    EXEC_FP(STR_imm_##width) { return store_v<Mode, Offset, T>(pe, op); }               \
    EXEC_FP(STR_post_##width) { return store_v<Mode, PostIndex, T>(pe, op); }           \
    EXEC_FP(STR_pre_##width) { return store_v<Mode, PreIndex, T>(pe, op); }             \
    EXEC_FP(STR_reg_##width) { return store_v<Mode, RegisterOffset, T>(pe, op); }
#define V_LITERALS_PAIRS(width, T)                                                      \
    EXEC_FP(LDR_lit_##width) { return load_v_literal<Mode, T>(pe, op); }                \
    EXEC_FP(LDP_off_##width) { return load_v_pair<Mode, Offset, T>(pe, op); }           \
    EXEC_FP(LDP_post_##width) { return load_v_pair<Mode, PostIndex, T>(pe, op); }       \
    EXEC_FP(LDP_pre_##width) { return load_v_pair<Mode, PreIndex, T>(pe, op); }         \
    EXEC_FP(STP_off_##width) { return store_v_pair<Mode, Offset, T>(pe, op); }          \
    EXEC_FP(STP_post_##width) { return store_v_pair<Mode, PostIndex, T>(pe, op); }      \
    EXEC_FP(STP_pre_##width) { return store_v_pair<Mode, PreIndex, T>(pe, op); }
V_LOADS_STORES(B, u8)
V_LOADS_STORES(H, u16)
V_LOADS_STORES(S, u32)
V_LOADS_STORES(D, u64)
V_LOADS_STORES(Q, VectorRegister)
V_LITERALS_PAIRS(S, u32)
V_LITERALS_PAIRS(D, u64)
V_LITERALS_PAIRS(Q, VectorRegister)
#undef V_LOADS_STORES
#undef V_LITERALS_PAIRS

// Structures: the address is the base, which changes by imm or by an index register (see Structures in
// operands_vector_memory.h).
EXEC_INLINE void write_back_structure(Pe& pe, const DecodedOp* op) { pe.x[op->rn] += pe.x[op->rm] + op->imm; }

[[nodiscard]] EXEC_INLINE AccessSpec structure_spec(mmu::AccessKind kind, const DecodedOp* op, unsigned bytes) {
    return vector_spec(kind, bytes, 1u << op->option);
}

using MoveBlock = void (*)(Pe&, const DecodedOp*);

template <class Mode, unsigned Bytes, MoveBlock kToRegisters>
EXEC_INLINE void load_bytes_of_structures(Pe& pe, const DecodedOp* op) {
    const AccessSpec spec = structure_spec(mmu::AccessKind::Load, op, Bytes);
    if (!Mode::load_block(pe, op, pe.x[op->rn], spec)) return Mode::leave(pe, op);
    write_back_structure(pe, op);
    kToRegisters(pe, op);
    return Mode::next(pe, op);
}
template <class Mode, unsigned Bytes>
EXEC_INLINE void store_bytes_of_structures(Pe& pe, const DecodedOp* op) {
    const AccessSpec spec = structure_spec(mmu::AccessKind::Store, op, Bytes);
    if (!Mode::store_block(pe, op, pe.x[op->rn], spec)) return Mode::leave(pe, op);
    write_back_structure(pe, op);
    return Mode::next(pe, op);
}

// Both sizes of the whole are constants, so that they are moved without a call.
template <class Mode, unsigned Registers, MoveBlock kToRegisters>
EXEC_INLINE void load_multiple(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    if (op->shift != 0) return load_bytes_of_structures<Mode, Registers * 16, kToRegisters>(pe, op);
    return load_bytes_of_structures<Mode, Registers * 8, kToRegisters>(pe, op);
}
template <class Mode, unsigned Registers, MoveBlock kFromRegisters>
EXEC_INLINE void store_multiple(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    kFromRegisters(pe, op);
    if (op->shift != 0) return store_bytes_of_structures<Mode, Registers * 16>(pe, op);
    return store_bytes_of_structures<Mode, Registers * 8>(pe, op);
}
// LD1 and ST1 of several registers, T being u64 for their low halves.
template <class Mode, unsigned Registers, class T>
EXEC_INLINE void load_consecutive_as(Pe& pe, const DecodedOp* op) {
    T values[Registers];
    const AccessSpec spec = structure_spec(mmu::AccessKind::Load, op, sizeof values);
    if (!Mode::load_bytes(pe, op, pe.x[op->rn], values, spec)) return Mode::leave(pe, op);
    write_back_structure(pe, op);
    for (unsigned r = 0; r < Registers; ++r) write_scalar(pe.v[(op->rd + r) % 32u], values[r]);
    return Mode::next(pe, op);
}
template <class Mode, unsigned Registers>
EXEC_INLINE void load_consecutive(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    if (op->shift != 0) return load_consecutive_as<Mode, Registers, VectorRegister>(pe, op);
    return load_consecutive_as<Mode, Registers, u64>(pe, op);
}
template <class Mode, unsigned Registers, class T>
EXEC_INLINE void store_consecutive_as(Pe& pe, const DecodedOp* op) {
    T values[Registers];
    for (unsigned r = 0; r < Registers; ++r) values[r] = element<T>(pe.v[(op->rd + r) % 32u], 0);
    const AccessSpec spec = structure_spec(mmu::AccessKind::Store, op, sizeof values);
    if (!Mode::store_bytes(pe, op, pe.x[op->rn], values, spec)) return Mode::leave(pe, op);
    write_back_structure(pe, op);
    return Mode::next(pe, op);
}
template <class Mode, unsigned Registers>
EXEC_INLINE void store_consecutive(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    if (op->shift != 0) return store_consecutive_as<Mode, Registers, VectorRegister>(pe, op);
    return store_consecutive_as<Mode, Registers, u64>(pe, op);
}
// One structure: one element of each register.
template <class Mode, unsigned Registers, MoveBlock kToRegisters>
EXEC_INLINE void load_single(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    switch (op->option) {
        case 0: return load_bytes_of_structures<Mode, Registers, kToRegisters>(pe, op);
        case 1: return load_bytes_of_structures<Mode, Registers * 2, kToRegisters>(pe, op);
        case 2: return load_bytes_of_structures<Mode, Registers * 4, kToRegisters>(pe, op);
        default: return load_bytes_of_structures<Mode, Registers * 8, kToRegisters>(pe, op);
    }
}
template <class Mode, unsigned Registers>
EXEC_INLINE void store_single(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    lanes_from_registers<Registers>(pe, op);
    switch (op->option) {
        case 0: return store_bytes_of_structures<Mode, Registers>(pe, op);
        case 1: return store_bytes_of_structures<Mode, Registers * 2>(pe, op);
        case 2: return store_bytes_of_structures<Mode, Registers * 4>(pe, op);
        default: return store_bytes_of_structures<Mode, Registers * 8>(pe, op);
    }
}

#define CONSECUTIVE(n)                                                                                     \
    EXEC_FP(LD1_x##n) { return load_consecutive<Mode, n>(pe, op); }                                         \
    EXEC_FP(ST1_x##n) { return store_consecutive<Mode, n>(pe, op); }
#define INTERLEAVED(n)                                                                                     \
    EXEC_FP(LD##n) { return load_multiple<Mode, n, interleaved_to_registers<n>>(pe, op); }                 \
    EXEC_FP(ST##n) { return store_multiple<Mode, n, interleaved_from_registers<n>>(pe, op); }
#define SINGLE(n)                                                                                          \
    EXEC_FP(LD##n##_lane_B) { return load_single<Mode, n, lanes_to_registers<n>>(pe, op); }                \
    EXEC_FP(ST##n##_lane_B) { return store_single<Mode, n>(pe, op); }                                      \
    EXEC_FP(LD##n##R) { return load_single<Mode, n, replicated_to_registers<n>>(pe, op); }
CONSECUTIVE(1)
CONSECUTIVE(2)
CONSECUTIVE(3)
CONSECUTIVE(4)
INTERLEAVED(2)
INTERLEAVED(3)
INTERLEAVED(4)
SINGLE(1)
SINGLE(2)
SINGLE(3)
SINGLE(4)
#undef CONSECUTIVE
#undef INTERLEAVED
#undef SINGLE

}  // namespace emu::exec
