// What a handler finds on its stack, and the way back. Linux: arch/arm64/kernel/signal.c, setup_rt_frame() and
// restore_sigframe(); include/uapi/asm/sigcontext.h.
#pragma once

#include "kernel_model/process/signal.h"

namespace km {

// Lets `regs` enter the handler. False: the stack or the page to return through cannot be had.
[[nodiscard]] bool push_signal_frame(Task& task, int signal, const SignalAction& action, PtRegs& regs);
// Restores registers and mask from the frame at the stack pointer. False: it is not one.
[[nodiscard]] bool pop_signal_frame(Task& task, PtRegs& regs);

// Before power-off: the page that handlers return through.
void drop_signal_return_page();

}  // namespace km
