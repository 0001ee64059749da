// Signals, as far as they kill: there are no handlers. A signal that is fatal by default ends the task at its next
// return to user mode; the others are ignored.
#pragma once

#include "kernel_model/process/task.h"

namespace km {

inline constexpr int SIGILL = 4;
inline constexpr int SIGTRAP = 5;
inline constexpr int SIGBUS = 7;
inline constexpr int SIGKILL = 9;
inline constexpr int SIGSEGV = 11;

// Wakes the task if it sleeps.
void send_signal(Task& task, int signal);
// For a fault of the current task: says on the console what happened, where.
void force_signal(int signal, const char* reason, u64 address, const PtRegs& regs);

}  // namespace km
