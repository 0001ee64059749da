// Signals. Linux: kernel/signal.c and arch/arm64/kernel/signal.c; signal(7). A signal is looked at when its task next enters
// user mode. Signals that would stop a task are ignored: there is no job control. They do not queue.
#pragma once

#include "kernel_model/process/task.h"

namespace km {

inline constexpr int SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGKILL = 9, SIGSEGV = 11,
                     SIGPIPE = 13, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGTTOU = 22, SIGURG = 23, SIGWINCH = 28,
                     SIGSYS = 31;
inline constexpr int kSignals = 64;

// A system call that a signal interrupted: repeated, or EINTR, as the handler's flags say (ERESTARTSYS); repeated only if
// there is no handler (ERESTARTNOHAND). Programs never see these. Linux: include/linux/errno.h.
inline constexpr int ERESTARTSYS = 512, ERESTARTNOHAND = 514;

// Linux: struct sigaction of arm64, as rt_sigaction passes it.
struct SignalAction {
    u64 handler{0};
    u64 flags{0};
    u64 restorer{0};
    u64 mask{0};
};
inline constexpr u64 SIG_DFL = 0, SIG_IGN = 1;
inline constexpr u64 SA_SIGINFO = 4, SA_RESTORER = 0x04000000, SA_ONSTACK = 0x08000000,
                     SA_RESTART = 0x10000000, SA_NODEFER = 0x40000000, SA_RESETHAND = 0x80000000;

// What a handler is told. Linux: siginfo_t, as far as it is used.
struct SignalInfo {
    int code{0};       // SI_USER, SEGV_MAPERR ...
    int pid{0};        // SI_USER, SI_TKILL, SIGCHLD
    int status{0};     // SIGCHLD
    u64 address{0};    // faults
    u64 syndrome{0};   // faults: ESR_EL1
};
inline constexpr int SI_USER = 0, SI_KERNEL = 0x80, SI_TKILL = -6;
inline constexpr int SEGV_MAPERR = 1, SEGV_ACCERR = 2, BUS_ADRALN = 1, BUS_ADRERR = 2, ILL_ILLOPC = 1, TRAP_BRKPT = 1,
                     CLD_EXITED = 1, CLD_KILLED = 2;

// Linux: stack_t.
struct SignalStack {
    u64 base{0};
    u64 flags{2};  // SS_DISABLE
    u64 size{0};
};

struct SignalState {
    SignalAction action[kSignals];
    SignalInfo info[32];  // of pending signals 1..31
    SignalStack stack;
};

[[nodiscard]] constexpr u64 signal_bit(int signal) { return u64{1} << (signal - 1); }
// The table of the task, made if need be. Null: no memory.
[[nodiscard]] SignalState* signal_state(Task& task);
void recalculate_pending(Task& task);

// Wakes the task if it sleeps and does not block the signal. A signal that is ignored is dropped.
void send_signal(Task& task, int signal, const SignalInfo& info = {});
// For a fault of the current task, which cannot be blocked or ignored.
void force_signal(int signal, const char* reason, const SignalInfo& info, const PtRegs& regs);

// fork: dispositions and mask, nothing pending. False: no memory.
[[nodiscard]] bool copy_signals(Task& child, const Task& parent, bool shares_memory);
// execve: handlers go, what is ignored stays so.
void reset_handlers(Task& task);
void free_signals(Task& task);

}  // namespace km
