#pragma once

#include "kernel_model/process/task.h"

namespace km {

// wait4(2) for children by pid, or any with pid -1. `status` and `usage` are user addresses or 0.
[[nodiscard]] i64 do_wait4(int pid, u64 status, u64 options, u64 usage);

}  // namespace km
