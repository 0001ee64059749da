#include "kernel_model/process/fork.h"

#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "kernel_model/process/open_file.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/task_list.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 kSignalMask = 0xff;
constexpr u64 kSigchld = 17;
constexpr u64 kChildClearTid = 0x00200000;  // what the C library's fork() asks for beside SIGCHLD
constexpr u64 kChildSetTid = 0x01000000;

// The child's first steps, on its own stack.
void schedule_tail(void* set_child_tid) {
    const u64 address = reinterpret_cast<u64>(set_child_tid);
    // As in Linux, a bad address is the caller's loss.
    if (address != 0) static_cast<void>(put_user(current()->pid, address));
}

void start_as_copy(Task& child, const PtRegs& regs, u64 stack, u64 set_child_tid) {
    PtRegs& child_regs = *child.regs();
    child_regs = regs;
    child_regs.regs[0] = 0;
    if (stack != 0) child_regs.sp = stack;
    child.context.x19 = reinterpret_cast<u64>(schedule_tail);
    child.context.x20 = set_child_tid;
    child.context.sp = reinterpret_cast<u64>(&child_regs);
    child.context.pc = reinterpret_cast<u64>(ret_from_fork);
}

}  // namespace

i64 kernel_clone(const PtRegs& regs) {
    const u64 flags = regs.regs[0];
    if ((flags & kSignalMask) != kSigchld || (flags & ~(kSignalMask | kChildClearTid | kChildSetTid)) != 0)
        return -EINVAL;
    Task* child = new_task(current());
    if (child == nullptr) return -ENOMEM;
    child->mm = dup_mmap(*current()->mm);
    if (child->mm == nullptr) {
        free_task(*child);
        return -ENOMEM;
    }
    share_files(*child, *current());
    start_as_copy(*child, regs, regs.regs[1], (flags & kChildSetTid) != 0 ? regs.regs[4] : 0);
    wake_up(*child);
    return child->pid;
}

}  // namespace km
