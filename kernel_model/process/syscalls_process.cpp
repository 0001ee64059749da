// Processes, and Foldwalk's own calls.
#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/boot/mailbox.h"
#include "kernel_model/fs/node.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/process/clock.h"
#include "kernel_model/process/exec.h"
#include "kernel_model/process/exit.h"
#include "kernel_model/process/fork.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/syscall.h"
#include "kernel_model/process/user_access.h"
#include "kernel_model/process/wait.h"

namespace km {
namespace {

// What tasks sleep on that wait for a futex: a word of an address space. One address for all: whoever is woken looks again.
constexpr char any_futex = 0;

// Without threads only another process that shares the page could wake the caller.
i64 futex_wait(u64 address, arch::u32 expected, u64 timeout) {
    arch::u32 value = 0;
    TimeSpec limit{};
    if (!get_user(value, address)) return -EFAULT;
    if (value != expected) return -EAGAIN;
    if (timeout == 0) {
        sleep_on(&any_futex);
        return current()->work_pending != 0 ? -ERESTARTSYS : 0;
    }
    if (!get_user(limit, timeout)) return -EFAULT;
    const u64 deadline = virtual_nanoseconds() + limit.seconds * kNanosecondsPerSecond + limit.nanoseconds;
    if (!sleep_until(deadline, &any_futex)) return -ERESTARTSYS;
    return virtual_nanoseconds() >= deadline ? -ETIMEDOUT : 0;
}

}  // namespace

i64 sys_exit(PtRegs& r) {
    constexpr u64 kStatusMask = 0xff;
    do_exit(static_cast<int>((r.regs[0] & kStatusMask) << 8));
}

i64 sys_clone(PtRegs& r) { return kernel_clone(r); }

i64 sys_execve(PtRegs& r) {
    char path[kPathMax];
    ExecStrings& strings = exec_strings();
    strings.clear();
    if (const i64 length = string_from_user(path, r.regs[0], sizeof path); length < 0) return length;
    if (const i64 error = strings.add_user_arguments(r.regs[1]); error != 0) return error;
    if (const i64 error = strings.add_user_environment(r.regs[2]); error != 0) return error;
    return do_execve(path, strings, r);
}

i64 sys_wait4(PtRegs& r) { return do_wait4(static_cast<int>(r.regs[0]), r.regs[1], r.regs[2], r.regs[3]); }

i64 sys_set_tid_address(PtRegs& r) {
    current()->clear_child_tid = r.regs[0];
    return current()->pid;
}

i64 sys_futex(PtRegs& r) {
    constexpr u64 FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10, kCommand = 127;
    switch (r.regs[1] & kCommand) {
        case FUTEX_WAIT:
        case FUTEX_WAIT_BITSET: return futex_wait(r.regs[0], static_cast<arch::u32>(r.regs[2]), r.regs[3]);
        case FUTEX_WAKE:
        case FUTEX_WAKE_BITSET: wake_all(&any_futex); return 0;
        default: return -ENOSYS;
    }
}

i64 sys_sched_yield(PtRegs&) {
    schedule();
    return 0;
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
