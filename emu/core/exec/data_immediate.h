// Data processing (immediate). Arm: C6.2, the operation section of each instruction.
#pragma once

#include "emu/core/exec/operations.h"

namespace emu::exec {

EXEC(ADR) {
    pe.x[op->rd] = Mode::pc(pe, op) + op->imm;
    return Mode::next(pe, op);
}
EXEC(ADRP) {
    pe.x[op->rd] = arch::align_down(Mode::pc(pe, op), 4096) + op->imm;
    return Mode::next(pe, op);
}

EXEC(ADD_imm_32) { return immediate<Mode, u32, Add>(pe, op); }
EXEC(ADD_imm_64) { return immediate<Mode, u64, Add>(pe, op); }
EXEC(ADDS_imm_32) { return immediate<Mode, u32, AddFlags>(pe, op); }
EXEC(ADDS_imm_64) { return immediate<Mode, u64, AddFlags>(pe, op); }
EXEC(SUB_imm_32) { return immediate<Mode, u32, Sub>(pe, op); }
EXEC(SUB_imm_64) { return immediate<Mode, u64, Sub>(pe, op); }
EXEC(SUBS_imm_32) { return immediate<Mode, u32, SubFlags>(pe, op); }
EXEC(SUBS_imm_64) { return immediate<Mode, u64, SubFlags>(pe, op); }

EXEC(AND_imm_32) { return immediate<Mode, u32, And>(pe, op); }
EXEC(AND_imm_64) { return immediate<Mode, u64, And>(pe, op); }
EXEC(ORR_imm_32) { return immediate<Mode, u32, Orr>(pe, op); }
EXEC(ORR_imm_64) { return immediate<Mode, u64, Orr>(pe, op); }
EXEC(EOR_imm_32) { return immediate<Mode, u32, Eor>(pe, op); }
EXEC(EOR_imm_64) { return immediate<Mode, u64, Eor>(pe, op); }
EXEC(ANDS_imm_32) { return immediate<Mode, u32, AndFlags>(pe, op); }
EXEC(ANDS_imm_64) { return immediate<Mode, u64, AndFlags>(pe, op); }

// MOVZ and MOVN: the decoder has prepared the value.
template <class Mode>
EXEC_INLINE void move_value(Pe& pe, const DecodedOp* op) {
    pe.x[op->rd] = op->imm;
    return Mode::next(pe, op);
}
EXEC(MOVZ_32) { return move_value<Mode>(pe, op); }
EXEC(MOVZ_64) { return move_value<Mode>(pe, op); }

template <class Mode, class T>
EXEC_INLINE void move_keep(Pe& pe, const DecodedOp* op) {
    const T kept = static_cast<T>(pe.x[op->ra] & ~(u64{0xffff} << op->shift));
    pe.x[op->rd] = kept | op->imm;
    return Mode::next(pe, op);
}
EXEC(MOVK_32) { return move_keep<Mode, u32>(pe, op); }
EXEC(MOVK_64) { return move_keep<Mode, u64>(pe, op); }

// Two shifts: see operands::ShiftField.
template <class Mode, class T, class RightShift>
EXEC_INLINE void shift_field(Pe& pe, const DecodedOp* op) {
    const T left = LSL::shift(static_cast<T>(pe.x[op->rn]), op->shift);
    pe.x[op->rd] = RightShift::template shift<T>(left, op->option);
    return Mode::next(pe, op);
}
EXEC(SBFM_32) { return shift_field<Mode, u32, ASR>(pe, op); }
EXEC(SBFM_64) { return shift_field<Mode, u64, ASR>(pe, op); }
EXEC(UBFM_32) { return shift_field<Mode, u32, LSR>(pe, op); }
EXEC(UBFM_64) { return shift_field<Mode, u64, LSR>(pe, op); }

template <class Mode, class T>
EXEC_INLINE void insert_field(Pe& pe, const DecodedOp* op) {
    const T mask = static_cast<T>(op->imm);
    const T rotated = ROR::shift(static_cast<T>(pe.x[op->rn]), op->shift);
    pe.x[op->rd] = static_cast<T>((static_cast<T>(pe.x[op->ra]) & ~mask) | (rotated & mask));
    return Mode::next(pe, op);
}
EXEC(BFM_32) { return insert_field<Mode, u32>(pe, op); }
EXEC(BFM_64) { return insert_field<Mode, u64>(pe, op); }

EXEC(EXTR_32) {
    const u64 both = (pe.x[op->rn] << 32) | static_cast<u32>(pe.x[op->rm]);
    pe.x[op->rd] = static_cast<u32>(both >> op->shift);
    return Mode::next(pe, op);
}
EXEC(EXTR_64) {
    const u128 both = (u128{pe.x[op->rn]} << 64) | pe.x[op->rm];
    pe.x[op->rd] = static_cast<u64>(both >> op->shift);
    return Mode::next(pe, op);
}

}  // namespace emu::exec
