#include "kernel_model/process/signal.h"

#include "kernel_model/boot/print.h"
#include "kernel_model/lib/object_pool.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/process/exit.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/signal_frame.h"

namespace km {
namespace {

ObjectPool<SignalState> states;

// Those that a fault raises are delivered before others. Linux: SYNCHRONOUS_MASK.
constexpr u64 kSynchronous = signal_bit(SIGSEGV) | signal_bit(SIGBUS) | signal_bit(SIGILL) | signal_bit(SIGTRAP) |
                             signal_bit(SIGFPE) | signal_bit(SIGSYS);

// signal(7), "Standard signals": whose default is to ignore, to stop or to continue.
bool fatal_by_default(int signal) {
    return signal != SIGCHLD && (signal < SIGCONT || signal > SIGTTOU) && signal != SIGURG && signal != SIGWINCH;
}

u64 handler_of(const Task& task, int signal) {
    return task.signals != nullptr ? task.signals->action[signal - 1].handler : SIG_DFL;
}

bool is_ignored(const Task& task, int signal) {
    if ((task.signals_blocked & signal_bit(signal)) != 0) return false;  // the disposition may change until then
    const u64 handler = handler_of(task, signal);
    return handler == SIG_IGN || (handler == SIG_DFL && !fatal_by_default(signal));
}

int next_signal(const Task& task) {
    const u64 ready = task.signals_pending & ~task.signals_blocked;
    const u64 urgent = ready & kSynchronous;
    return ready == 0 ? 0 : __builtin_ctzll(urgent != 0 ? urgent : ready) + 1;
}

void take(Task& task, int signal) {
    task.signals_pending &= ~signal_bit(signal);
    recalculate_pending(task);
}

// Linux: handle_signal(), signal_delivered().
void deliver(Task& task, int signal, PtRegs& regs) {
    SignalAction& action = task.signals->action[signal - 1];
    const SignalAction taken = action;
    if (!push_signal_frame(task, signal, taken, regs)) {
        print("task ", task.pid, ": no room for the frame of signal ", signal, "\n");
        do_exit(SIGSEGV);
    }
    if ((taken.flags & SA_RESETHAND) != 0) action = {};
    task.restore_mask = false;  // the frame has it
    task.signals_blocked |= taken.mask | ((taken.flags & SA_NODEFER) != 0 ? 0 : signal_bit(signal));
    task.signals_blocked &= ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
    recalculate_pending(task);
    count(GUEST_SIGNALS_DELIVERED);
}

constexpr u64 kInstruction = 4;

// A system call that was interrupted, while its signals are looked at.
class Restart {
public:
    explicit Restart(PtRegs& regs) : regs_{regs}, result_{static_cast<i64>(regs.regs[0])} {
        active_ = static_cast<i64>(regs.syscallno) >= 0 && (result_ == -ERESTARTSYS || result_ == -ERESTARTNOHAND);
        regs.syscallno = ~u64{0};
        if (!active_) return;
        regs.regs[0] = regs.orig_x0;
        regs.pc -= kInstruction;
    }
    // Before a handler runs: whether it sees EINTR when it returns.
    void entering(const SignalAction& action) {
        if (!active_) return;
        active_ = false;
        if (result_ == -ERESTARTSYS && (action.flags & SA_RESTART) != 0) return;
        regs_.regs[0] = static_cast<u64>(i64{-EINTR});
        regs_.pc += kInstruction;
    }

private:
    PtRegs& regs_;
    i64 result_;
    bool active_;
};

}  // namespace

SignalState* signal_state(Task& task) {
    if (task.signals == nullptr) task.signals = states.create();
    return task.signals;
}

void recalculate_pending(Task& task) { task.work_pending = task.signals_pending & ~task.signals_blocked; }

void send_signal(Task& task, int signal, const SignalInfo& info) {
    if (is_ignored(task, signal)) return;
    if (task.signals != nullptr && signal < 32) task.signals->info[signal] = info;
    task.signals_pending |= signal_bit(signal);
    recalculate_pending(task);
    if (task.state == TaskState::Sleeping && task.work_pending != 0) wake_up(task);
}

void force_signal(int signal, const char* reason, const SignalInfo& info, const PtRegs& regs) {
    Task& self = *current();
    const bool defenceless = (self.signals_blocked & signal_bit(signal)) != 0 || handler_of(self, signal) == SIG_IGN;
    if (defenceless && self.signals != nullptr) self.signals->action[signal - 1] = {};
    self.signals_blocked &= ~signal_bit(signal);
    if (handler_of(self, signal) == SIG_DFL)
        print("task ", self.pid, ": signal ", signal, ": ", reason, " at ", Hex{info.address}, ", pc ", Hex{regs.pc}, ", sp ",
              Hex{regs.sp}, "\n");
    send_signal(self, signal, info);
}

bool copy_signals(Task& child, const Task& parent, bool shares_memory) {
    child.signals_blocked = parent.signals_blocked;
    if (parent.signals == nullptr) return true;
    if (signal_state(child) == nullptr) return false;
    for (int i = 0; i < kSignals; ++i) child.signals->action[i] = parent.signals->action[i];
    if (!shares_memory) child.signals->stack = parent.signals->stack;
    return true;
}

void reset_handlers(Task& task) {
    if (task.signals == nullptr) return;
    for (SignalAction& action : task.signals->action) action = {action.handler == SIG_IGN ? SIG_IGN : SIG_DFL, 0, 0, 0};
    task.signals->stack = {};
}

void free_signals(Task& task) {
    if (task.signals != nullptr) states.destroy(task.signals);
    task.signals = nullptr;
}

// Called by the return path (vectors.S) when work is pending. Linux: do_signal().
extern "C" void do_notify_resume(PtRegs* regs) {
    Task& self = *current();
    Restart restart{*regs};
    while (const int signal = next_signal(self)) {
        take(self, signal);
        const u64 handler = handler_of(self, signal);
        if (handler == SIG_IGN || (handler == SIG_DFL && !fatal_by_default(signal))) continue;
        if (handler == SIG_DFL) do_exit(signal);
        restart.entering(self.signals->action[signal - 1]);
        deliver(self, signal, *regs);
    }
    if (!self.restore_mask) return;
    self.restore_mask = false;
    self.signals_blocked = self.saved_mask;
    recalculate_pending(self);
}

}  // namespace km
