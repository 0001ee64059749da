// System calls about tasks and time, and Foldwalk's own.
#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/boot/mailbox.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/port/aarch64/sysreg.h"
#include "kernel_model/port/port.h"
#include "kernel_model/process/exec.h"
#include "kernel_model/process/exit.h"
#include "kernel_model/process/fork.h"
#include "kernel_model/process/resource_usage.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/syscall.h"
#include "kernel_model/process/task_list.h"
#include "kernel_model/process/user_access.h"
#include "kernel_model/process/wait.h"

namespace km {
namespace {

using StringSink = bool (ExecStrings::*)(const char*);

// A null-terminated vector of user strings.
i64 strings_from_user(ExecStrings& out, StringSink add, u64 vector) {
    char text[ExecStrings::kMaxBytes / 4];
    for (; vector != 0; vector += sizeof(u64)) {
        u64 address = 0;
        if (!get_user(address, vector)) return -EFAULT;
        if (address == 0) break;
        const i64 length = string_from_user(text, address, sizeof text);
        if (length < 0) return length == -ENAMETOOLONG ? -E2BIG : length;
        if (!(out.*add)(text)) return -E2BIG;
    }
    return 0;
}

}  // namespace

i64 sys_exit(PtRegs& r) {
    constexpr u64 kStatusMask = 0xff;
    do_exit(static_cast<int>((r.regs[0] & kStatusMask) << 8));
}

i64 sys_clone(PtRegs& r) { return kernel_clone(r); }

i64 sys_execve(PtRegs& r) {
    char path[256];
    ExecStrings strings;
    if (const i64 length = string_from_user(path, r.regs[0], sizeof path); length < 0) return length;
    if (const i64 error = strings_from_user(strings, &ExecStrings::add_argument, r.regs[1]); error != 0) return error;
    if (const i64 error = strings_from_user(strings, &ExecStrings::add_environment, r.regs[2]); error != 0) return error;
    return do_execve(path, strings, r);
}

i64 sys_wait4(PtRegs& r) { return do_wait4(static_cast<int>(r.regs[0]), r.regs[1], r.regs[2], r.regs[3]); }

i64 sys_kill(PtRegs& r) {
    constexpr u64 kSignals = 64;
    if (r.regs[1] > kSignals) return -EINVAL;
    Task* task = find_task(static_cast<int>(r.regs[0]));
    if (task == nullptr) return -ESRCH;
    if (r.regs[1] != 0 && task->state != TaskState::Zombie) send_signal(*task, static_cast<int>(r.regs[1]));
    return 0;
}

// Without descriptors and without a time limit: pause().
i64 sys_ppoll(PtRegs& r) {
    if (r.regs[1] != 0 || r.regs[2] != 0) return -ENOSYS;
    while (current()->work_pending == 0) sleep_on_signal_or_wakeup();
    return -EINTR;
}

i64 sys_sched_yield(PtRegs&) {
    schedule();
    return 0;
}

i64 sys_getpid(PtRegs&) { return current()->pid; }
i64 sys_getppid(PtRegs&) { return current()->parent != nullptr ? current()->parent->pid : 0; }
i64 sys_getuid(PtRegs&) { return 0; }

i64 sys_getrusage(PtRegs& r) {
    constexpr int kSelf = 0, kChildren = -1;
    const int who = static_cast<int>(r.regs[0]);
    if (who != kSelf && who != kChildren) return -EINVAL;
    const u64 faults = who == kSelf ? current()->min_flt : current()->children_min_flt;
    return put_user(usage_of(faults), r.regs[1]) ? 0 : -EFAULT;
}

// Every clock is the time since the counter started.
i64 sys_clock_gettime(PtRegs& r) {
    constexpr u64 kNanosecondsPerSecond = 1'000'000'000;
    struct TimeSpec {
        u64 seconds, nanoseconds;
    };
    const u64 frequency = read_sysreg(CNTFRQ_EL0);
    const u64 ticks = port::now();
    const TimeSpec time{ticks / frequency, ticks % frequency * kNanosecondsPerSecond / frequency};
    return put_user(time, r.regs[1]) ? 0 : -EFAULT;
}

i64 sys_result(PtRegs& r) {
    mailbox_set_checksum(r.regs[0]);
    return 0;
}

// GUEST_SYS_COUNTERS: the first regs[1] counters to regs[0].
i64 sys_counters(PtRegs& r) {
    if (r.regs[1] > GUEST_COUNTER_COUNT) return -EINVAL;
    return copy_to_user(r.regs[0], counters, r.regs[1] * sizeof(u64)) ? 0 : -EFAULT;
}

}  // namespace km
