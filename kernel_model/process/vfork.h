// vfork: the child runs in its parent's address space, and the parent sleeps until the child starts a program or exits.
// Linux: mm_release(), complete_vfork_done(), wait_for_vfork_done().
#pragma once

#include "kernel_model/process/task.h"

namespace km {

// The parent of `child` sleeps until end_vfork().
void wait_for_vfork(Task& child);
// The child has no use for the address space any more: it has another one, or none.
void end_vfork(Task& child);

}  // namespace km
