#include "kernel_model/process/exit.h"

#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/boot/mailbox.h"
#include "kernel_model/boot/panic.h"
#include "kernel_model/boot/power.h"
#include "kernel_model/boot/start_file.h"
#include "kernel_model/fs/open_file.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/port/port.h"
#include "kernel_model/process/fpsimd.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/signal_frame.h"
#include "kernel_model/process/task_list.h"
#include "kernel_model/process/user_access.h"
#include "kernel_model/process/vfork.h"

extern "C" arch::u64 reserved_pg_dir[];

namespace km {
namespace {

// It may be the one that is installed: of the current task, or left behind by the last one that ran.
void release_address_space(Task& task) {
    AddressSpace* mm = task.mm;
    if (mm == nullptr) return;
    task.mm = nullptr;
    if (task.borrows_mm) return;
    port::install_address_space(port::virt_to_phys(reserved_pg_dir), 0);
    leave_mm();
    mm_destroy(*mm);
}

// What a task holds beside its memory.
void release_possessions(Task& task) {
    close_all_files(task);
    if (task.working_directory != nullptr) node_put(*task.working_directory);
    if (task.program != nullptr) node_put(*task.program);
    task.working_directory = task.program = nullptr;
    fpsimd_forget(task);
    free_signals(task);
}

// Linux: mm_release(): who waits on this word learns that the thread is gone.
void clear_child_tid(const Task& self) {
    if (self.clear_child_tid != 0 && self.mm != nullptr) static_cast<void>(put_user(0, self.clear_child_tid));
}

void tell_parent(const Task& self) {
    const bool killed = (self.exit_code & 0x7f) != 0;
    const SignalInfo info{.code = killed ? CLD_KILLED : CLD_EXITED,
                          .pid = self.pid,
                          .status = killed ? self.exit_code & 0x7f : self.exit_code >> 8};
    send_signal(*self.parent, SIGCHLD, info);
    if (self.parent->state == TaskState::Sleeping) wake_up(*self.parent);
}

// The host may look at init's memory before it goes.
void mark_init_exit(const Task& init) {
    register u64 root asm("x0") = port::virt_to_phys(init.mm->pgd);
    asm volatile("hint %0" : : "i"(GUEST_HINT_INIT_EXIT), "r"(root) : "memory");
}

void give_children_to_init(const Task& parent) {
    for (Task* task = first_task(); task != nullptr; task = task->next)
        if (task->parent == &parent) task->parent = find_task(kInitPid);
}

}  // namespace

void do_exit(int code) {
    Task& self = *current();
    if (self.pid == kInitPid) {
        self.exit_code = code;
        return_to_boot_task();
    }
    clear_child_tid(self);
    release_possessions(self);
    release_address_space(self);
    if (self.borrows_mm) end_vfork(self);
    give_children_to_init(self);
    self.exit_code = code;
    self.state = TaskState::Zombie;
    tell_parent(self);
    schedule();
    panic("a task that has exited runs");
}

// The state that init leaves is what the counters report; then everything is torn down, so that pages that nobody
// frees show as a difference to the free pages at boot.
void finish_run() {
    end_program_phase();
    mark_init_exit(*first_task());
    collect_state_counters();
    mailbox_take_state(static_cast<u64>(first_task()->exit_code), table_hash());
    while (Task* task = first_task()) {
        release_possessions(*task);
        release_address_space(*task);
        free_task(*task);
    }
    drop_signal_return_page();
    drop_tree();
    mailbox_finish(buddy.free_pages());
    power_off();
}

}  // namespace km
