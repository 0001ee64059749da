// Dispatch by exception class. Linux: arch/arm64/kernel/entry-common.c.
#include "kernel_model/boot/panic.h"
#include "kernel_model/port/aarch64/sysreg.h"
#include "kernel_model/process/fpsimd.h"
#include "kernel_model/process/hwcap.h"
#include "kernel_model/process/page_fault.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/syscall.h"
#include "mmu/arch/sysreg_layout.h"

namespace km {

using arch::ExceptionClass;

namespace {

void undefined_instruction(PtRegs& regs) {
    if (emulate_id_register(regs)) return;
    force_signal(SIGILL, "undefined or trapped instruction", {.code = ILL_ILLOPC, .address = regs.pc}, regs);
}

void floating_point_access(PtRegs& regs) {
    if (!fpsimd_exists()) return undefined_instruction(regs);
    if (!fpsimd_take()) send_signal(*current(), SIGKILL);
}

}  // namespace

extern "C" void el0_sync_handler(PtRegs* regs) {
    const u64 esr = read_sysreg(ESR_EL1);
    switch (static_cast<ExceptionClass>(arch::ESR_EL1::EC::get(esr))) {
        case ExceptionClass::Svc64: return do_el0_svc(*regs);
        case ExceptionClass::DataAbortLower:
        case ExceptionClass::InstructionAbortLower: return do_mem_abort(read_sysreg(FAR_EL1), esr, *regs);
        case ExceptionClass::PcAlignment:
        case ExceptionClass::SpAlignment:
            return force_signal(SIGBUS, "misaligned pc or sp", {.code = BUS_ADRALN, .address = regs->pc, .syndrome = esr}, *regs);
        case ExceptionClass::Brk64:
            return force_signal(SIGTRAP, "breakpoint", {.code = TRAP_BRKPT, .address = regs->pc, .syndrome = esr}, *regs);
        case ExceptionClass::FpAccess: return floating_point_access(*regs);
        default: return undefined_instruction(*regs);
    }
}

extern "C" void el1_sync_handler(PtRegs* regs) {
    const u64 esr = read_sysreg(ESR_EL1);
    switch (static_cast<ExceptionClass>(arch::ESR_EL1::EC::get(esr))) {
        case ExceptionClass::DataAbortSame:
        case ExceptionClass::InstructionAbortSame: return do_mem_abort(read_sysreg(FAR_EL1), esr, *regs);
        default: panic("exception in the kernel", regs);
    }
}

extern "C" void bad_mode_handler(PtRegs* regs) { panic("an exception that cannot happen", regs); }

}  // namespace km
