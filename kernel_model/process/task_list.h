// All tasks, and their making and unmaking.
#pragma once

#include "kernel_model/process/task.h"

namespace km {

inline constexpr int kInitPid = 1;

// A task with the next pid and a kernel stack, not yet runnable. Null: no memory.
[[nodiscard]] Task* new_task(Task* parent);
// The stack and the task itself; it must not be running.
void free_task(Task& task);

[[nodiscard]] Task* first_task();
[[nodiscard]] Task* find_task(int pid);

}  // namespace km
