#include "kernel_model/process/wait.h"

#include "kernel_model/mm/errno.h"
#include "kernel_model/process/resource_usage.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/task_list.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 kNoHang = 1, kUntraced = 2, kContinued = 8;  // nobody is ever stopped

struct Search {
    Task* zombie{nullptr};
    bool any{false};
};

// Every process is of one group: 0 and negative numbers mean any child.
Search find_child(int pid) {
    Search found;
    for (Task* task = first_task(); task != nullptr; task = task->next) {
        if (task->parent != current() || (pid > 0 && task->pid != pid)) continue;
        found.any = true;
        if (task->state == TaskState::Zombie && found.zombie == nullptr) found.zombie = task;
    }
    return found;
}

i64 reap(Task& child, u64 status, u64 usage) {
    const int pid = child.pid;
    const int code = child.exit_code;
    const u64 faults = child.min_flt + child.children_min_flt;
    current()->children_min_flt += faults;
    free_task(child);
    if (status != 0 && !put_user(code, status)) return -EFAULT;
    if (usage != 0 && !put_user(usage_of(faults), usage)) return -EFAULT;
    return pid;
}

}  // namespace

i64 do_wait4(int pid, u64 status, u64 options, u64 usage) {
    if ((options & ~(kNoHang | kUntraced | kContinued)) != 0) return -EINVAL;
    for (;;) {
        const Search found = find_child(pid);
        if (found.zombie != nullptr) return reap(*found.zombie, status, usage);
        if (!found.any) return -ECHILD;
        if ((options & kNoHang) != 0) return 0;
        sleep_on_signal_or_wakeup();
        if (current()->work_pending != 0) return -ERESTARTSYS;
    }
}

}  // namespace km
