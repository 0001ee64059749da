#pragma once

#include "kernel_model/process/task.h"

namespace km {

// A child that continues as `regs` says, with result 0, in a copy of the address space. Its pid or a negative errno.
// Linux: kernel/fork.c, kernel_clone(); without threads: the only sharing is that of vfork.
[[nodiscard]] i64 kernel_clone(const PtRegs& regs);

}  // namespace km
