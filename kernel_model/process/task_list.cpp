#include "kernel_model/process/task_list.h"

#include <new>

#include "kernel_model/mm/buddy_allocator.h"
#include "kernel_model/port/port.h"

namespace km {
namespace {

constexpr unsigned kStackOrder = 2;
static_assert(KM_STACK_SIZE == 4096 << kStackOrder);

Task* tasks;
int last_pid;

void append(Task& task) {
    Task** link = &tasks;
    while (*link != nullptr) link = &(*link)->next;
    *link = &task;
}

void remove(const Task& task) {
    Task** link = &tasks;
    while (*link != &task) link = &(*link)->next;
    *link = task.next;
}

}  // namespace

// The task itself lies at the low end of its stack, so that there is one allocation.
Task* new_task(Task* parent) {
    Page* pages = alloc_pages(kStackOrder, false);
    if (pages == nullptr) return nullptr;
    void* stack = page_address(pages);
    Task* task = new (stack) Task;
    task->stack = stack;
    task->parent = parent;
    task->pid = ++last_pid;
    append(*task);
    return task;
}

void free_task(Task& task) {
    remove(task);
    free_pages(virt_to_page(task.stack), kStackOrder);
}

Task* first_task() { return tasks; }

Task* find_task(int pid) {
    Task* task = tasks;
    while (task != nullptr && task->pid != pid) task = task->next;
    return task;
}

}  // namespace km
