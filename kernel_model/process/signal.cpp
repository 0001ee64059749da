#include "kernel_model/process/signal.h"

#include "kernel_model/boot/print.h"
#include "kernel_model/process/exit.h"
#include "kernel_model/process/scheduler.h"

namespace km {
namespace {

// signal(7), "Standard signals": whose default is to ignore or to stop or continue.
bool fatal_by_default(int signal) {
    constexpr int kSigchld = 17, kSigcont = 18, kSigttou = 22, kSigurg = 23, kSigwinch = 28;
    return signal != kSigchld && (signal < kSigcont || signal > kSigttou) && signal != kSigurg && signal != kSigwinch;
}

}  // namespace

void send_signal(Task& task, int signal) {
    if (!fatal_by_default(signal)) return;
    if (task.work_pending == 0 || signal == SIGKILL) task.work_pending = static_cast<u64>(signal);
    if (task.state == TaskState::Sleeping) wake_up(task);
}

void force_signal(int signal, const char* reason, u64 address, const PtRegs& regs) {
    print("task ", current()->pid, ": signal ", signal, ": ", reason, " at ", Hex{address}, ", pc ", Hex{regs.pc},
          ", sp ", Hex{regs.sp}, "\n");
    send_signal(*current(), signal);
}

// Called by the return path (vectors.S) when work is pending.
extern "C" void do_notify_resume(PtRegs*) {
    if (current()->work_pending != 0) do_exit(static_cast<int>(current()->work_pending));
}

}  // namespace km
