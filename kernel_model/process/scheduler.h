// Round robin among runnable tasks, one processor. A task runs until it sleeps, yields or exits: there is no tick.
#pragma once

#include "kernel_model/process/task.h"

namespace km {

// Makes the task runnable and puts it at the end of the queue; nothing if it is there or is running.
void wake_up(Task& task);
// Gives the processor to the next runnable task. A caller that is still Runnable goes to the end of the queue; one
// that is Sleeping returns when it was woken; a Zombie never returns. Panics when nothing can ever run again.
void schedule();
// Gives the processor to the boot task for good: init has exited.
[[noreturn]] void return_to_boot_task();
// Sleeps until woken or until a signal is pending.
void sleep_on_signal_or_wakeup();
// The same, woken by wake_all() of the same address. The caller looks again at what it waits for.
void sleep_on(const void* what);
void wake_all(const void* what);
// Sleeps until virtual time `nanoseconds` or a signal; false: a signal. `what` may be null.
[[nodiscard]] bool sleep_until(u64 nanoseconds, const void* what);

}  // namespace km
