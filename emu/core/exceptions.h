// Exception entry and return at EL0 and EL1. Arm: AArch64.TakeException, AArch64.ExceptionReturn.
#pragma once

#include "emu/core/exception_request.h"
#include "mmu/translation.h"

namespace emu {

struct Pe;

// PSTATE as SPSR_EL1 would hold it.
[[nodiscard]] u32 pack_pstate(const Pe& pe);

// Takes `request` to EL1: ESR_EL1, FAR_EL1, ELR_EL1 (from pe.pc, or the instruction after it where the request
// retires), SPSR_EL1, PSTATE and the vector; counts EXC_*. The run before pe.pc must be settled.
void take_exception(Pe& pe, const ExceptionRequest& request);

// The part that all exceptions share, interrupts too: saved state, PSTATE, vector. `kind` is the offset of the exception's
// type in its group of vectors.
void enter_exception(Pe& pe, u64 kind, u64 return_address);

// ERET at pe.pc, which retires here. An illegal return sets PSTATE.IL and leaves the rest of PSTATE as it is.
void exception_return(Pe& pe);

// Selects SP_EL0 or SP_EL1 for the current level (MSR SPSel).
void select_sp(Pe& pe, unsigned sp_select);

// MSR PAN and MSR UAO: which memos the accesses of this level may use depends on them.
void set_pan(Pe& pe, bool pan);
void set_uao(Pe& pe, bool uao);

// After an instruction changed PSTATE.DAIF.
void mask_changed(Pe& pe);

// Refreshes what Pe derives from its Exception level and SCTLR_EL1.
void update_derived_state(Pe& pe);

// Brings every lazily kept count up to date: INST_RETIRED, MEM_ACCESS_*, and those of the MMU. Between
// instructions, or behind Plain::settle.
void settle_counters(Pe& pe);

// Where a branch to `target` goes: without the top byte where TCR_EL1.TBIn ignores it, and TBIDn does not say otherwise. Arm: AArch64.BranchAddr.
[[nodiscard]] u64 tagged_branch_address(const Pe& pe, u64 target);
[[nodiscard]] inline u64 branch_address(const Pe& pe, u64 target) {
    return static_cast<u64>(arch::sign_extend(target, 56)) == target ? target : tagged_branch_address(pe, target);
}

// The requests of common faults.
[[nodiscard]] ExceptionRequest undefined_instruction();
[[nodiscard]] ExceptionRequest fp_access_trap();
[[nodiscard]] ExceptionRequest data_abort(const mmu::FaultRecord& fault);
[[nodiscard]] ExceptionRequest data_abort(u32 fault_status, bool is_write, u64 va);
[[nodiscard]] ExceptionRequest instruction_abort(u32 fault_status, u64 va);
[[nodiscard]] ExceptionRequest pc_alignment_fault(u64 pc);
[[nodiscard]] ExceptionRequest sp_alignment_fault();

}  // namespace emu
