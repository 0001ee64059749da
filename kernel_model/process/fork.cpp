#include "kernel_model/process/fork.h"

#include "kernel_model/fs/open_file.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "kernel_model/port/aarch64/sysreg.h"
#include "kernel_model/process/fpsimd.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/task_list.h"
#include "kernel_model/process/user_access.h"
#include "kernel_model/process/vfork.h"

namespace km {
namespace {

constexpr u64 kSignalMask = 0xff;
constexpr u64 kSigchld = 17;
constexpr u64 CLONE_VM = 0x100, CLONE_VFORK = 0x4000, CLONE_SETTLS = 0x80000, CLONE_PARENT_SETTID = 0x100000,
              CLONE_CHILD_CLEARTID = 0x200000, CLONE_CHILD_SETTID = 0x1000000, CLONE_CLEAR_SIGHAND = 0x100000000;
constexpr u64 kKnown = kSignalMask | CLONE_VM | CLONE_VFORK | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID |
                       CLONE_CHILD_SETTID | CLONE_CLEAR_SIGHAND;

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

bool give_address_space(Task& child, u64 flags) {
    child.borrows_mm = (flags & CLONE_VM) != 0;
    child.mm = child.borrows_mm ? current()->mm : dup_mmap(*current()->mm);
    return child.mm != nullptr;
}

void give_files(Task& child, const Task& parent) {
    share_files(child, parent);
    child.working_directory = parent.working_directory;
    child.program = parent.program;
    child.umask = parent.umask;
    if (child.working_directory != nullptr) node_get(*child.working_directory);
    if (child.program != nullptr) node_get(*child.program);
}

void give_registers(Task& child, const PtRegs& regs, u64 flags) {
    child.tpidr_el0 = (flags & CLONE_SETTLS) != 0 ? regs.regs[3] : read_sysreg(TPIDR_EL0);
    child.clear_child_tid = (flags & CLONE_CHILD_CLEARTID) != 0 ? regs.regs[4] : 0;
    start_as_copy(child, regs, regs.regs[1], (flags & CLONE_CHILD_SETTID) != 0 ? regs.regs[4] : 0);
}

// Before the child has an address space: what can fail.
bool give_state(Task& child, u64 flags) {
    return copy_signals(child, *current(), (flags & CLONE_VM) != 0) && fpsimd_copy_to(child);
}

void abandon(Task& child) {
    free_signals(child);
    fpsimd_forget(child);
    free_task(child);
}

}  // namespace

i64 kernel_clone(const PtRegs& regs) {
    const u64 flags = regs.regs[0];
    const bool vfork = (flags & CLONE_VFORK) != 0;
    if ((flags & kSignalMask) != kSigchld || (flags & ~kKnown) != 0 || ((flags & CLONE_VM) != 0 && !vfork)) return -EINVAL;
    Task* child = new_task(current());
    if (child == nullptr) return -ENOMEM;
    if (!give_state(*child, flags) || !give_address_space(*child, flags)) {
        abandon(*child);
        return -ENOMEM;
    }
    if ((flags & CLONE_CLEAR_SIGHAND) != 0) reset_handlers(*child);
    give_files(*child, *current());
    give_registers(*child, regs, flags);
    const int pid = child->pid;
    if ((flags & CLONE_PARENT_SETTID) != 0) static_cast<void>(put_user(pid, regs.regs[2]));
    wake_up(*child);
    if (vfork) wait_for_vfork(*child);
    return pid;
}

void wait_for_vfork(Task& child) {
    child.vfork_parent_waits = true;
    while (child.vfork_parent_waits) {
        current()->waits_on = &child;
        current()->state = TaskState::Sleeping;  // no signal ends this sleep
        schedule();
    }
    current()->waits_on = nullptr;
}

void end_vfork(Task& child) {
    child.borrows_mm = false;
    child.vfork_parent_waits = false;
    wake_all(&child);
}

}  // namespace km
