#include "emu/core/interrupts.h"

#include "emu/core/exceptions.h"
#include "emu/core/pe.h"
#include "mmu/arch/sysreg_layout.h"

namespace emu {
namespace {

constexpr u64 kIrqVector = 0x080;
constexpr u64 kFiqVector = 0x100;
constexpr u64 kPageMask = 4095;

u64 unmasked(const Pe& pe) {
    return pending_interrupts(pe) & ~u64{pe.daif};
}

}  // namespace

void set_interrupt_line(Pe& pe, InterruptLine line, bool level) {
    (line == InterruptLine::Irq ? pe.irq_line : pe.fiq_line) = level;
    if (level) pe.unmasking_matters = true;
    update_interrupts(pe);
}

void update_interrupts(Pe& pe) {
    pe.interrupt_due = unmasked(pe) != 0;
    if (pe.interrupt_due) pe.run_limit = 0;  // the next branch returns to the loop
}

u64 pending_interrupts(const Pe& pe) {
    return arch::SPSR_EL1::I::make(pe.irq_line) | arch::SPSR_EL1::F::make(pe.fiq_line);
}

bool interrupt_is_taken(const Pe& pe) {
    return pe.interrupt_due && (pe.refetch || (pe.pc & kPageMask) == 0);
}

void take_interrupt(Pe& pe) {
    settle_counters(pe);
    pe.counters->count(mmu::Event::EXC_TAKEN);
    pe.counters->count(mmu::Event::EXC_IRQ);
    enter_exception(pe, arch::SPSR_EL1::F::test(unmasked(pe)) ? kFiqVector : kIrqVector, pe.pc);
}

}  // namespace emu
