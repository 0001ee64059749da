#include "emu/core/exceptions.h"

#include "emu/core/interrupts.h"
#include "emu/core/pe.h"
#include "mmu/mmu.h"

namespace emu {

using arch::ESR_EL1;
using arch::ExceptionClass;
using arch::SPSR_EL1;

namespace {

constexpr u64 kSynchronous = 0x000;
constexpr u64 kVectorFromSp0 = 0x000;
constexpr u64 kVectorFromSpx = 0x200;
constexpr u64 kVectorFromLower = 0x400;
constexpr u32 kAllMasked = 0x3c0;

void change_level(Pe& pe, u8 el, u8 sp_select) {
    pe.sp_el[pe.sp_select] = pe.x[kRegSp];
    pe.el = el;
    pe.sp_select = sp_select;
    pe.x[kRegSp] = pe.sp_el[sp_select];
    pe.counters->set_el(el);
}

mmu::Event event_of(ExceptionClass ec) {
    switch (ec) {
        case ExceptionClass::Svc64: return mmu::Event::EXC_SVC;
        case ExceptionClass::InstructionAbortLower:
        case ExceptionClass::InstructionAbortSame:
        case ExceptionClass::PcAlignment: return mmu::Event::EXC_PABORT;
        case ExceptionClass::DataAbortLower:
        case ExceptionClass::DataAbortSame: return mmu::Event::EXC_DABORT;
        default: return mmu::Event::EXC_UNDEF;
    }
}

// Aborts have one class for exceptions from a lower level and the next for those from the same.
ExceptionClass class_from(ExceptionClass ec, unsigned el) {
    switch (ec) {
        case ExceptionClass::InstructionAbortLower:
        case ExceptionClass::DataAbortLower:
        case ExceptionClass::BreakpointLower:
        case ExceptionClass::StepLower:
        case ExceptionClass::WatchpointLower: break;
        default: return ec;
    }
    return el != 0 ? static_cast<ExceptionClass>(static_cast<u8>(ec) + 1) : ec;
}

// AArch64 only: legal are EL0t, EL1t and EL1h.
bool is_illegal_return(u64 spsr) {
    const u64 mode = SPSR_EL1::M::get(spsr);
    return mode != 0b00000 && mode != 0b00100 && mode != 0b00101;
}

// A field of SPSR_EL1 that a feature brings.
bool restored(const Pe& pe, u64 spsr, u64 mask, Feature feature) { return (spsr & mask) != 0 && pe.features.has(feature); }

}  // namespace

u32 pack_pstate(const Pe& pe) {
    u64 spsr = pe.nzcv | pe.daif;
    spsr |= SPSR_EL1::M::make(pe.el == 0 ? 0 : 4u | pe.sp_select);
    spsr |= SPSR_EL1::IL::make(pe.illegal_state) | SPSR_EL1::PAN::make(pe.pan) | SPSR_EL1::UAO::make(pe.uao);
    spsr |= SPSR_EL1::SSBS::make(pe.ssbs) | SPSR_EL1::DIT::make(pe.dit) | SPSR_EL1::BTYPE::make(pe.btype);
    spsr |= SPSR_EL1::SS::make(pe.debug.pstate_ss);
    return static_cast<u32>(spsr);
}

void take_exception(Pe& pe, const ExceptionRequest& request) {
    if (request.retires) {
        ++pe.retired;
        pe.debug.pstate_ss = false;
    }
    settle_counters(pe);
    pe.counters->count(mmu::Event::EXC_TAKEN);
    pe.counters->count(event_of(request.exception_class));

    const auto ec = static_cast<u64>(class_from(request.exception_class, pe.el));
    pe.sysreg(SysReg::ESR_EL1) = ESR_EL1::EC::make(ec) | ESR_EL1::IL::make(1) | ESR_EL1::ISS::make(request.iss);
    if (request.has_far) pe.sysreg(SysReg::FAR_EL1) = request.far;
    enter_exception(pe, kSynchronous, request.retires ? pe.pc + 4 : pe.pc);
}

void enter_exception(Pe& pe, u64 kind, u64 return_address) {
    const u64 vector = pe.el == 0 ? kVectorFromLower : pe.sp_select == 0 ? kVectorFromSp0 : kVectorFromSpx;
    pe.sysreg(SysReg::SPSR_EL1) = pack_pstate(pe);
    pe.sysreg(SysReg::ELR_EL1) = return_address;

    change_level(pe, 1, 1);
    pe.daif = kAllMasked;
    pe.illegal_state = false;
    pe.uao = false;
    pe.debug.pstate_ss = pe.debug.stepped = pe.debug.stepped_exclusive = false;
    pe.ssbs = arch::SCTLR_EL1::DSSBS::test(pe.sysreg(SysReg::SCTLR_EL1));
    pe.btype = pe.btype_next = 0;
    if (pe.features.has(Feature::PAN) && !arch::SCTLR_EL1::SPAN::test(pe.sysreg(SysReg::SCTLR_EL1))) pe.pan = true;
    update_derived_state(pe);
    pe.pc = pe.sysreg(SysReg::VBAR_EL1) + vector + kind;
    pe.refetch = true;
}

void exception_return(Pe& pe) {
    ++pe.retired;
    settle_counters(pe);
    pe.counters->count(mmu::Event::EXC_RETURN);
    const u64 spsr = pe.sysreg(SysReg::SPSR_EL1);
    const bool debug_at_source = generates_debug_exceptions(pe, pe.el, pe.daif);
    pe.illegal_state = is_illegal_return(spsr) || SPSR_EL1::IL::test(spsr);
    if (!is_illegal_return(spsr)) {
        const u64 mode = SPSR_EL1::M::get(spsr);
        change_level(pe, static_cast<u8>(mode >> 2), static_cast<u8>(mode & 1));
    }
    pe.nzcv = static_cast<u32>(spsr & SPSR_EL1::NZCV::kMask);
    pe.daif = static_cast<u32>(spsr & kAllMasked);
    pe.pan = restored(pe, spsr, SPSR_EL1::PAN::kMask, Feature::PAN);
    pe.uao = restored(pe, spsr, SPSR_EL1::UAO::kMask, Feature::UAO);
    pe.ssbs = restored(pe, spsr, SPSR_EL1::SSBS::kMask, Feature::SSBS);
    pe.dit = restored(pe, spsr, SPSR_EL1::DIT::kMask, Feature::DIT);
    pe.btype = pe.btype_next = pe.has_bti ? static_cast<u8>(SPSR_EL1::BTYPE::get(spsr)) : u8{0};
    pe.debug.pstate_ss = step_bit_after_return(pe, spsr, debug_at_source);
    pe.debug.stepped = pe.debug.stepped_exclusive = false;
    update_derived_state(pe);
    pe.monitor.clear();
    pe.pc = branch_address(pe, pe.sysreg(SysReg::ELR_EL1));
    pe.refetch = true;
}

// Of a target whose top byte is not a copy of bit 55.
u64 tagged_branch_address(const Pe& pe, u64 target) {
    const u64 extended = static_cast<u64>(arch::sign_extend(target, 56));
    const bool upper = (target >> 55 & 1) != 0;
    const u64 tcr = pe.sysreg(SysReg::TCR_EL1);
    const bool ignored = upper ? arch::TCR_EL1::TBI1::test(tcr) : arch::TCR_EL1::TBI0::test(tcr);
    const bool data_only = upper ? arch::TCR_EL1::TBID1::test(tcr) : arch::TCR_EL1::TBID0::test(tcr);
    const bool ignores_top_byte = ignored && !data_only;
    return ignores_top_byte ? extended : target;
}

void select_sp(Pe& pe, unsigned sp_select) {
    change_level(pe, pe.el, static_cast<u8>(sp_select));
}

void set_pan(Pe& pe, bool pan) {
    pe.pan = pan;
    update_derived_state(pe);
}

void set_uao(Pe& pe, bool uao) {
    pe.uao = uao;
    update_derived_state(pe);
}

void mask_changed(Pe& pe) {
    update_derived_state(pe);
    if (pe.interrupt_due) pe.refetch = true;  // it is taken before the next instruction
}

void update_derived_state(Pe& pe) {
    const u64 sctlr = pe.sysreg(SysReg::SCTLR_EL1);
    const bool checks_sp = pe.el == 0 ? arch::SCTLR_EL1::SA0::test(sctlr) : arch::SCTLR_EL1::SA::test(sctlr);
    pe.strict_alignment = arch::SCTLR_EL1::A::test(sctlr);
    pe.sp_alignment_mask = checks_sp ? 15 : 0;
    // FPEN: 0b01 traps EL0 only, 0b11 nothing, 0b00 and 0b10 both levels.
    const u64 fpen = arch::BitField<21, 20>::get(pe.sysreg(SysReg::CPACR_EL1));
    pe.fp_enabled = fpen == 3 || (fpen == 1 && pe.el == 1);
    update_debug_state(pe);
    update_interrupts(pe);
    pe.unmasking_matters = pe.sysreg(SysReg::MDSCR_EL1) != 0 || pe.irq_line || pe.fiq_line;
    // A watched access must not be served by a memo.
    pe.host_tlb = pe.debug.watchpoints ? pe.no_memos : &pe.mmu->host_tlb[pe.el];
    pe.host_tlb_unprivileged = pe.uao || pe.debug.watchpoints ? pe.host_tlb : &pe.mmu->host_tlb[0];
}

void settle_counters(Pe& pe) {
    pe.counters->count(mmu::Event::INST_RETIRED, pe.retired - pe.retired_counted);
    pe.counters->count(mmu::Event::MEM_ACCESS_RD, pe.mem_reads);
    pe.counters->count(mmu::Event::MEM_ACCESS_WR, pe.mem_writes);
    pe.retired_counted = pe.retired;
    pe.mem_reads = 0;
    pe.mem_writes = 0;
    pe.mmu->sync_counters();
}

ExceptionRequest undefined_instruction() { return {}; }

ExceptionRequest fp_access_trap() {
    constexpr u32 kAlwaysCondition = 1u << 24 | 0xeu << 20;  // ISS.CV and COND
    return {.exception_class = ExceptionClass::FpAccess, .iss = kAlwaysCondition};
}

ExceptionRequest data_abort(const mmu::FaultRecord& fault) {
    ExceptionRequest out = data_abort(arch::fault_status_code(fault.kind, fault.level), fault.is_write, fault.va.value);
    if (fault.cache_maintenance) out.iss |= static_cast<u32>(ESR_EL1::CM::kMask | ESR_EL1::WnR::kMask);
    return out;
}

ExceptionRequest data_abort(u32 fault_status, bool is_write, u64 va) {
    const u32 iss = fault_status | static_cast<u32>(is_write ? ESR_EL1::WnR::kMask : 0);
    return {.exception_class = ExceptionClass::DataAbortLower, .has_far = true, .iss = iss, .far = va};
}

ExceptionRequest instruction_abort(u32 fault_status, u64 va) {
    return {.exception_class = ExceptionClass::InstructionAbortLower, .has_far = true, .iss = fault_status, .far = va};
}

ExceptionRequest pc_alignment_fault(u64 pc) {
    return {.exception_class = ExceptionClass::PcAlignment, .has_far = true, .iss = 0, .far = pc};
}

ExceptionRequest sp_alignment_fault() { return {.exception_class = ExceptionClass::SpAlignment}; }

}  // namespace emu
