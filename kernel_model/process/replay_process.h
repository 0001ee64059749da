// Making traced processes: an address space that holds the stub and nothing else.
#pragma once

#include "kernel_model/process/task.h"

namespace km {

// A new process that will run the stub; not yet runnable. Null: no memory.
[[nodiscard]] Task* replay_spawn(Task& coordinator);
// The current process loses its address space and starts the stub anew. False: no memory, nothing changed.
[[nodiscard]] bool replay_reset(PtRegs& regs);
// Maps the stub's page now, so that its fault is not among those that the replay counts. The current process.
void replay_prefault_stub(Task& task);

}  // namespace km
