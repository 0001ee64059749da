#include "kernel_model/process/scheduler.h"

#include "kernel_model/boot/panic.h"
#include "kernel_model/mm/memory.h"

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
    this_cpu.current_task = &next;
    cpu_switch_to(previous, &next);
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
    Task* next = queue.pop();
    if (next == nullptr) panic("every task sleeps and nothing can wake one");
    if (next != self) switch_to(*next);
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

}  // namespace km
