#include "kernel_model/process/scheduler.h"

#include "kernel_model/boot/panic.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/port/aarch64/sysreg.h"
#include "kernel_model/process/clock.h"
#include "kernel_model/process/fpsimd.h"
#include "kernel_model/process/task_list.h"

namespace km {
namespace {

struct RunQueue {
    Task* first{nullptr};
    Task* last{nullptr};

    void push(Task& task) {
        task.next_runnable = nullptr;
        task.queued = true;
        (first == nullptr ? first : last->next_runnable) = &task;
        last = &task;
    }
    Task* pop() {
        Task* task = first;
        if (task == nullptr) return nullptr;
        first = task->next_runnable;
        task->queued = false;
        return task;
    }
};
RunQueue queue;

// A task without an address space (the boot task) keeps the previous one's, as Linux's lazy TLB mode does.
void switch_to(Task& next) {
    Task* previous = current();
    if (next.mm != nullptr) switch_mm(*next.mm);
    previous->tpidr_el0 = read_sysreg(TPIDR_EL0);
    write_sysreg(next.tpidr_el0, TPIDR_EL0);
    fpsimd_switch(next);
    this_cpu.current_task = &next;
    cpu_switch_to(previous, &next);
}

// Of the sleepers with a time limit, the one whose comes first.
Task* first_to_wake() {
    Task* first = nullptr;
    for (Task* task = first_task(); task != nullptr; task = task->next)
        if (task->state == TaskState::Sleeping && task->wake_time != 0 && (first == nullptr || task->wake_time < first->wake_time))
            first = task;
    return first;
}

Task& next_task() {
    if (Task* next = queue.pop()) return *next;
    Task* sleeper = first_to_wake();
    if (sleeper == nullptr) panic("every task sleeps and nothing can wake one");
    skip_time_to(sleeper->wake_time);
    sleeper->state = TaskState::Runnable;
    return *sleeper;
}

}  // namespace

void wake_up(Task& task) {
    if (task.state == TaskState::Zombie) return;
    task.state = TaskState::Runnable;
    if (&task != current() && !task.queued) queue.push(task);
}

void schedule() {
    Task* self = current();
    if (self->state == TaskState::Runnable && self != &boot_task) queue.push(*self);
    Task& next = next_task();
    if (&next != self) switch_to(next);
}

void return_to_boot_task() {
    switch_to(boot_task);
    panic("init runs after its exit");
}

void sleep_on_signal_or_wakeup() {
    if (current()->work_pending != 0) return;
    current()->state = TaskState::Sleeping;
    schedule();
}

void sleep_on(const void* what) {
    current()->waits_on = what;
    sleep_on_signal_or_wakeup();
    current()->waits_on = nullptr;
}

void wake_all(const void* what) {
    for (Task* task = first_task(); task != nullptr; task = task->next)
        if (task->state == TaskState::Sleeping && task->waits_on == what) wake_up(*task);
}

bool sleep_until(u64 nanoseconds, const void* what) {
    Task& self = *current();
    if (virtual_nanoseconds() >= nanoseconds) return true;
    self.wake_time = nanoseconds;
    sleep_on(what);
    self.wake_time = 0;
    return self.work_pending == 0;
}

}  // namespace km
