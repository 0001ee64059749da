// Physical interrupts as a processing element sees them: two level-sensitive lines, masks, and where they are taken.
//
// An interrupt that is pending and not masked is taken before an instruction that a taken branch, an exception, its
// return or an ISB led to, that begins a page of 4 KiB, or that follows the instruction that removed the mask: at the
// same instruction whatever executes it. A line that changes in the middle of straight code is noticed at its end.
#pragma once

#include "emu/isa/decoded_op.h"

namespace emu {

enum class InterruptLine : u8 { Irq, Fiq };

// From the outside: an interrupt controller, a test.
void set_interrupt_line(Pe& pe, InterruptLine line, bool level);

// Refreshes pe.interrupt_due, after a line or PSTATE.I or F has changed.
void update_interrupts(Pe& pe);

// ISR_EL1.
[[nodiscard]] u64 pending_interrupts(const Pe& pe);

// pe.interrupt_due, and this is a place to take it.
[[nodiscard]] bool interrupt_is_taken(const Pe& pe);
// Takes it; FIQ before IRQ.
void take_interrupt(Pe& pe);

}  // namespace emu
