// The system calls about signals.
#include "kernel_model/mm/errno.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/signal_frame.h"
#include "kernel_model/process/syscall.h"
#include "kernel_model/process/task_list.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 kMaskBytes = 8;  // sizeof(sigset_t) in the kernel's view
constexpr u64 kUnblockable = signal_bit(SIGKILL) | signal_bit(SIGSTOP);

i64 send(i64 pid, u64 signal, int code) {
    if (signal > kSignals) return -EINVAL;
    Task* task = pid > 0 ? find_task(static_cast<int>(pid)) : nullptr;
    if (task == nullptr) return -ESRCH;
    if (signal != 0 && task->state != TaskState::Zombie)
        send_signal(*task, static_cast<int>(signal), {.code = code, .pid = current()->pid});
    return 0;
}

// pid 0 and -1: every task of the one session but init (and for -1 but the caller).
i64 send_to_group(i64 pid, u64 signal) {
    bool any = false;
    for (Task* task = first_task(); task != nullptr; task = task->next) {
        if (pid == -1 && (task->pid == kInitPid || task == current())) continue;
        any = send(task->pid, signal, SI_USER) == 0 || any;
    }
    return any ? 0 : -ESRCH;
}

}  // namespace

i64 sys_kill(PtRegs& r) {
    const i64 pid = static_cast<int>(r.regs[0]);
    if (r.regs[1] > kSignals) return -EINVAL;
    return pid == 0 || pid == -1 ? send_to_group(pid, r.regs[1]) : send(pid < 0 ? -pid : pid, r.regs[1], SI_USER);
}

i64 sys_tkill(PtRegs& r) { return send(static_cast<int>(r.regs[0]), r.regs[1], SI_TKILL); }

i64 sys_tgkill(PtRegs& r) {
    if (r.regs[0] != r.regs[1]) return -ESRCH;  // one task per process
    return send(static_cast<int>(r.regs[1]), r.regs[2], SI_TKILL);
}

i64 sys_rt_sigaction(PtRegs& r) {
    const u64 signal = r.regs[0];
    SignalAction wanted;
    if (r.regs[3] != kMaskBytes || signal == 0 || signal > kSignals) return -EINVAL;
    const bool change = r.regs[1] != 0;
    if (change && !get_user(wanted, r.regs[1])) return -EFAULT;
    if (change && (signal == SIGKILL || signal == SIGSTOP)) return -EINVAL;
    SignalState* state = current()->signals;
    if (change && state == nullptr && (wanted.handler != SIG_DFL || wanted.flags != 0)) {
        state = signal_state(*current());
        if (state == nullptr) return -ENOMEM;
    }
    const SignalAction old = state != nullptr ? state->action[signal - 1] : SignalAction{};
    if (change && state != nullptr) {
        wanted.mask &= ~kUnblockable;
        state->action[signal - 1] = wanted;
        if (wanted.handler == SIG_IGN) current()->signals_pending &= ~signal_bit(static_cast<int>(signal));
        recalculate_pending(*current());
    }
    return r.regs[2] == 0 || put_user(old, r.regs[2]) ? 0 : -EFAULT;
}

i64 sys_rt_sigprocmask(PtRegs& r) {
    constexpr u64 kBlock = 0, kUnblock = 1, kSet = 2;
    Task& self = *current();
    const u64 old = self.signals_blocked;
    if (r.regs[3] != kMaskBytes) return -EINVAL;
    if (r.regs[1] != 0) {
        u64 set = 0;
        if (!get_user(set, r.regs[1])) return -EFAULT;
        set &= ~kUnblockable;
        switch (r.regs[0]) {
            case kBlock: self.signals_blocked |= set; break;
            case kUnblock: self.signals_blocked &= ~set; break;
            case kSet: self.signals_blocked = set; break;
            default: return -EINVAL;
        }
        recalculate_pending(self);
    }
    return r.regs[2] == 0 || put_user(old, r.regs[2]) ? 0 : -EFAULT;
}

i64 sys_rt_sigpending(PtRegs& r) {
    if (r.regs[1] > kMaskBytes) return -EINVAL;
    const u64 set = current()->signals_pending & current()->signals_blocked;
    return copy_to_user(r.regs[0], &set, r.regs[1]) ? 0 : -EFAULT;
}

// The mask comes back when the handler returns, or without one at the way out. Linux: saved_sigmask.
i64 sys_rt_sigsuspend(PtRegs& r) {
    u64 set = 0;
    Task& self = *current();
    if (r.regs[1] != kMaskBytes) return -EINVAL;
    if (!get_user(set, r.regs[0])) return -EFAULT;
    self.saved_mask = self.signals_blocked;
    self.restore_mask = true;
    self.signals_blocked = set & ~kUnblockable;
    recalculate_pending(self);
    while (self.work_pending == 0) sleep_on_signal_or_wakeup();
    return -ERESTARTNOHAND;
}

i64 sys_sigaltstack(PtRegs& r) {
    constexpr u64 kDisable = 2, kOnStack = 1, kMinimum = 5120;  // MINSIGSTKSZ of arm64
    SignalState* state = signal_state(*current());
    if (state == nullptr) return -ENOMEM;
    SignalStack old = state->stack, wanted;
    const bool on_it = r.sp > old.base && r.sp - old.base <= old.size;
    if (on_it) old.flags = kOnStack;
    if (r.regs[0] != 0) {
        if (!get_user(wanted, r.regs[0])) return -EFAULT;
        wanted.flags &= 0xffffffff;
        if (on_it) return -EPERM;
        if ((wanted.flags & ~(kDisable | kOnStack)) != 0) return -EINVAL;
        if (wanted.flags != kDisable && wanted.size < kMinimum) return -ENOMEM;
        state->stack = wanted.flags == kDisable ? SignalStack{} : SignalStack{wanted.base, 0, wanted.size};
    }
    return r.regs[1] == 0 || put_user(old, r.regs[1]) ? 0 : -EFAULT;
}

i64 sys_rt_sigreturn(PtRegs& r) {
    if (pop_signal_frame(*current(), r)) return static_cast<i64>(r.regs[0]);
    force_signal(SIGSEGV, "no signal frame", {.code = SI_KERNEL}, r);
    return 0;
}

}  // namespace km
