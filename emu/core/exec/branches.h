// Branches. Arm: C6.2. Targets are handed to Mode::branch as they are: the tag bits of an indirect target
// (Arm: AArch64.BranchAddr) and its alignment are the fetch's concern.
#pragma once

#include "emu/core/branch_target.h"
#include "emu/core/exec/operations.h"

namespace emu::exec {

template <class Mode>
EXEC_INLINE void branch_relative_if(Pe& pe, const DecodedOp* op, bool taken) {
    if (taken) return Mode::branch(pe, op, Mode::pc(pe, op) + op->imm);
    return Mode::next(pe, op);
}

EXEC(B) { return Mode::branch(pe, op, Mode::pc(pe, op) + op->imm); }
EXEC(BL) {
    const u64 pc = Mode::pc(pe, op);
    pe.x[op->rd] = pc + 4;
    return Mode::branch(pe, op, pc + op->imm);
}
EXEC(B_cond) { return branch_relative_if<Mode>(pe, op, condition_holds(op->option, pe.nzcv)); }
EXEC(CBZ_32) { return branch_relative_if<Mode>(pe, op, static_cast<u32>(pe.x[op->rd]) == 0); }
EXEC(CBZ_64) { return branch_relative_if<Mode>(pe, op, pe.x[op->rd] == 0); }
EXEC(CBNZ_32) { return branch_relative_if<Mode>(pe, op, static_cast<u32>(pe.x[op->rd]) != 0); }
EXEC(CBNZ_64) { return branch_relative_if<Mode>(pe, op, pe.x[op->rd] != 0); }
EXEC(TBZ) { return branch_relative_if<Mode>(pe, op, ((pe.x[op->rd] >> op->shift) & 1) == 0); }
EXEC(TBNZ) { return branch_relative_if<Mode>(pe, op, ((pe.x[op->rd] >> op->shift) & 1) != 0); }

template <class Mode>
EXEC_INLINE void branch_indirect(Pe& pe, const DecodedOp* op, u64 target) {
    if (!pe.has_bti) [[likely]] return Mode::branch(pe, op, target);
    return Mode::branch_typed(pe, op, target, jump_type(pe, Mode::pc(pe, op), op->rn));
}
template <class Mode>
EXEC_INLINE void call_indirect(Pe& pe, const DecodedOp* op, u64 target) {
    if (!pe.has_bti) [[likely]] return Mode::branch(pe, op, target);
    return Mode::branch_typed(pe, op, target, kCallType);
}
EXEC(BR) { return branch_indirect<Mode>(pe, op, pe.x[op->rn]); }
EXEC(RET) { return Mode::branch(pe, op, pe.x[op->rn]); }
EXEC(BLR) {
    const u64 target = pe.x[op->rn];  // may be X30 itself
    pe.x[op->rd] = Mode::pc(pe, op) + 4;
    return call_indirect<Mode>(pe, op, target);
}

}  // namespace emu::exec
