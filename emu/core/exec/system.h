// Exception generation and return, hints, barriers, PSTATE, system registers and instructions. Arm: C4.1,
// "Branches, Exception Generating and System instructions".
#pragma once

#include <type_traits>

#include "emu/core/core_config.h"
#include "emu/core/decode_cache.h"
#include "emu/core/exceptions.h"
#include "emu/core/exec/memory_shapes.h"
#include "emu/core/exec/system_instructions.h"
#include "kernel_model/abi/guest_abi.h"
#include "mmu/base/counters.h"

namespace emu {
struct Recording;
}

namespace emu::exec {

using arch::ExceptionClass;

template <class Mode>
inline constexpr bool kIsRecording = std::is_same_v<Mode, Recording>;

// The instruction does not exist, here or at this Exception level.
template <class Mode>
void UNDEFINED(Pe& pe, const DecodedOp* op) {
    return Mode::raise(pe, op, undefined_instruction());
}

template <class Mode>
void trap(Pe& pe, const DecodedOp* op) {
    return Mode::raise(pe, op, {.exception_class = ExceptionClass::SystemRegister, .iss = system_trap_iss(op->word)});
}

// Exception generation.
EXEC(SVC) {
    return Mode::raise(pe, op, {.exception_class = ExceptionClass::Svc64, .retires = true, .iss = static_cast<u32>(op->imm)});
}
EXEC(BRK) { return Mode::raise(pe, op, {.exception_class = ExceptionClass::Brk64, .iss = static_cast<u32>(op->imm)}); }
EXEC(UDF) { return UNDEFINED<Mode>(pe, op); }
EXEC(HVC) {
    if (pe.el == 0) return UNDEFINED<Mode>(pe, op);
    return Mode::ask(pe, op, LoopRequest::FirmwareCall);
}
EXEC(ERET) {
    if (pe.el == 0) return UNDEFINED<Mode>(pe, op);
    return Mode::exception_return(pe, op);
}

// Hints.
EXEC(NOP) { return Mode::next(pe, op); }
EXEC(YIELD) { return Mode::next(pe, op); }
// The event register may be set at any time for any reason, so WFE need not wait.
EXEC(WFE) { return Mode::next(pe, op); }
EXEC(SEV) { return Mode::next(pe, op); }
EXEC(SEVL) { return Mode::next(pe, op); }
EXEC(WFI) {
    constexpr u32 kAlwaysCondition = 1u << 24 | 0xeu << 20;
    if (pe.el == 0 && !arch::SCTLR_EL1::nTWI::test(pe.sysreg(SysReg::SCTLR_EL1)))
        return Mode::raise(pe, op, {.exception_class = ExceptionClass::WfxTrap, .iss = kAlwaysCondition});
    return Mode::ask(pe, op, LoopRequest::WaitForInterrupt);
}
// The markers of guest_abi.h are for the host; every other hint is a NOP.
EXEC(HINT) {
    if (op->imm < GUEST_HINT_PHASE_BEGIN || op->imm > GUEST_HINT_LAST) return Mode::next(pe, op);
    pe.marker = static_cast<u8>(op->imm);
    return Mode::ask(pe, op, LoopRequest::Marker);
}

// Barriers. Accesses are complete when they execute, so what is left of a barrier is its record and count.
template <class Mode>
EXEC_INLINE void note_barrier(Pe& pe, const DecodedOp* op, BarrierKind kind, mmu::Event event) {
    pe.counters->count(event);
    if constexpr (kIsRecording<Mode>) {
        // CRm: domain in bits 3:2, types in bits 1:0; types 00 is SSBB and PSSBB, which order everything.
        const unsigned types = op->option & 3u;
        pe.record.barrier = kind;
        pe.record.domain = static_cast<BarrierDomain>(op->option >> 2);
        pe.record.types = types == 1 ? BarrierTypes::Reads : types == 2 ? BarrierTypes::Writes : BarrierTypes::All;
    }
}
EXEC(DSB) {
    note_barrier<Mode>(pe, op, BarrierKind::Dsb, mmu::Event::DSB_SPEC);
    return Mode::next(pe, op);
}
EXEC(DMB) {
    note_barrier<Mode>(pe, op, BarrierKind::Dmb, mmu::Event::DMB_SPEC);
    return Mode::next(pe, op);
}
// What follows an ISB is fetched anew.
EXEC(ISB) {
    note_barrier<Mode>(pe, op, BarrierKind::Isb, mmu::Event::ISB_SPEC);
    return Mode::refetch(pe, op);
}
EXEC(SB) { return Mode::next(pe, op); }
EXEC(CLREX) {
    pe.monitor.clear();
    return Mode::next(pe, op);
}

// PSTATE. PAN, UAO and SPSel are EL1's; DAIF is EL0's too where SCTLR_EL1.UMA says so.
template <class Mode, class Change>
EXEC_INLINE void change_pstate(Pe& pe, const DecodedOp* op, Change change) {
    if (pe.el == 0) return UNDEFINED<Mode>(pe, op);
    change((op->imm & 1) != 0);
    return Mode::next(pe, op);
}
EXEC(MSR_imm_UAO) {
    return change_pstate<Mode>(pe, op, [&](bool on) { set_uao(pe, on); });
}
EXEC(MSR_imm_PAN) {
    return change_pstate<Mode>(pe, op, [&](bool on) { set_pan(pe, on); });
}
EXEC(MSR_imm_SPSel) {
    return change_pstate<Mode>(pe, op, [&](bool on) { select_sp(pe, on ? 1 : 0); });
}
EXEC(MSR_imm_SSBS) {
    pe.ssbs = (op->imm & 1) != 0;
    return Mode::next(pe, op);
}
// Data-independent timing: no latency of the model depends on data other than through caches, so that the bit is kept only.
EXEC(MSR_imm_DIT) {
    pe.dit = (op->imm & 1) != 0;
    return Mode::next(pe, op);
}

[[nodiscard]] inline bool may_mask_interrupts(const Pe& pe) {
    return pe.el != 0 || arch::SCTLR_EL1::UMA::test(pe.sysreg(SysReg::SCTLR_EL1));
}
EXEC(MSR_imm_DAIFSet) {
    if (!may_mask_interrupts(pe)) return trap<Mode>(pe, op);
    pe.daif |= static_cast<u32>(op->imm) << 6;
    if (!pe.unmasking_matters) [[likely]] return Mode::next(pe, op);
    Mode::end_run(pe, op);
    mask_changed(pe);
}
EXEC(MSR_imm_DAIFClr) {
    if (!may_mask_interrupts(pe)) return trap<Mode>(pe, op);
    pe.daif &= ~(static_cast<u32>(op->imm) << 6);
    if (!pe.unmasking_matters) [[likely]] return Mode::next(pe, op);
    Mode::end_run(pe, op);
    mask_changed(pe);
}

// The reserved part of the ID space reads as zero at EL1: op0 3, op1 0, CRn 0, CRm 1 to 7.
[[nodiscard]] constexpr bool is_reserved_id(u64 key) {
    return (key & ~u64{0x7f}) == sysreg_key(3, 0, 0, 0, 0) && (key >> 3 & 15) >= 1 && (key >> 3 & 15) <= 7;
}

// Raises what a refused register access raises; false: it is allowed.
template <class Mode>
[[nodiscard]] inline bool refused(Pe& pe, const DecodedOp* op, u8 row, bool write) {
    const SysRegAccess access = check_sysreg(pe, row, write);
    if (access == SysRegAccess::Allowed) return false;
    if (access == SysRegAccess::Trapped) trap<Mode>(pe, op);
    else if (access == SysRegAccess::FpTrapped) Mode::raise(pe, op, fp_access_trap());
    else UNDEFINED<Mode>(pe, op);
    return true;
}

EXEC(MRS) {
    const u8 row = find_sysreg(op->imm);
    if (row == kNoSysReg) {
        if (pe.el == 0 || !is_reserved_id(op->imm)) return UNDEFINED<Mode>(pe, op);
        pe.x[op->rd] = 0;
        return Mode::next(pe, op);
    }
    if (refused<Mode>(pe, op, row, false)) return Mode::leave(pe, op);
    if (reads_time(kSysRegs[row])) Mode::settle_all(pe, op);
    pe.x[op->rd] = read_sysreg(pe, row);
    return Mode::next(pe, op);
}
EXEC(MSR_reg) {
    const u8 row = find_sysreg(op->imm);
    if (row == kNoSysReg) return UNDEFINED<Mode>(pe, op);
    if (refused<Mode>(pe, op, row, true)) return Mode::leave(pe, op);
    const SysRegInfo& info = kSysRegs[row];
    if (reads_time(info)) Mode::settle_all(pe, op);
    if (!ends_run(info)) {
        write_sysreg(pe, row, pe.x[op->rd]);
        return Mode::next(pe, op);
    }
    const u64 value = pe.x[op->rd];
    Mode::end_run(pe, op);
    write_sysreg(pe, row, value);
}

// System instructions.
template <class Mode>
EXEC_INLINE void zero_block(Pe& pe, const DecodedOp* op) {
    const unsigned block = 4u << (pe.config->dczid & 15);
    if (!Mode::zero_block(pe, op, pe.x[op->rd], block)) return Mode::leave(pe, op);
    pe.counters->count(mmu::Event::SIM_DC_ZVA);
    return Mode::next(pe, op);
}
template <class Mode>
EXEC_INLINE void maintain_cache(Pe& pe, const DecodedOp* op, bool instructions) {
    constexpr unsigned kLine = 64;
    if (!Mode::touch(pe, op, pe.x[op->rd], element_spec<u8>(mmu::AccessKind::CacheMaintenance)))
        return Mode::leave(pe, op);
    if (instructions) pe.decode_cache->on_store(arch::align_down(pe.record.access[0].pa, kLine), kLine);
    return Mode::next(pe, op);
}

EXEC(SYS) {
    const SystemOperation operation = system_operation(pe, op->imm);
    switch (refuse_system_operation(pe, op->imm, operation)) {
        case SystemRefusal::None: break;
        case SystemRefusal::Undefined: return UNDEFINED<Mode>(pe, op);
        case SystemRefusal::Trapped: return trap<Mode>(pe, op);
    }
    const u64 operand = pe.x[op->rd];
    switch (operation) {
        case SystemOperation::ZeroBlock: return zero_block<Mode>(pe, op);
        case SystemOperation::CleanByVa: return maintain_cache<Mode>(pe, op, false);
        case SystemOperation::InvalidateInstructionByVa: return maintain_cache<Mode>(pe, op, true);
        case SystemOperation::Translate:
            if (!address_translate(pe, op->imm, operand)) return Mode::raise(pe, op, pe.fault);
            return Mode::next(pe, op);
        case SystemOperation::InvalidateInstructions:
            pe.decode_cache->invalidate_all();
            return Mode::end_run(pe, op);
        case SystemOperation::InvalidateTlb:
            Mode::end_run(pe, op);
            return invalidate_tlb(pe, op->imm, operand);
        case SystemOperation::None:
        case SystemOperation::Undefined: break;
    }
    return Mode::next(pe, op);
}
// No system instruction with a result exists at EL1 and EL0.
EXEC(SYSL) { return UNDEFINED<Mode>(pe, op); }

}  // namespace emu::exec
