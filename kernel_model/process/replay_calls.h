// What a replay does inside the kernel on behalf of a traced process.
#pragma once

#include "kernel_model/abi/replay_abi.h"
#include "kernel_model/mm/address_space.h"

namespace km {

enum class ReplayAccess { Read, Write, Execute, KernelRead, KernelWrite, Impossible };

// How the access of `type` (REPLAY_ACCESS_*) can be made at `address`. Impossible: no region there, or one that forbids it.
// A page of a file that is to be executed is given its RET instructions; a fetch from anonymous memory becomes a read.
[[nodiscard]] ReplayAccess replay_prepare_access(AddressSpace& mm, u64 address, u64 type);
// From EL1, as copy_from_user() and copy_to_user() access it. False: it faulted for good.
[[nodiscard]] bool replay_kernel_access(u64 address, ReplayAccess access, u64 byte);

// A call that the stub cannot make: mmap of a file that only the trace knows. False: the stub makes it.
[[nodiscard]] bool replay_call_in_kernel(AddressSpace& mm, const replay_op& op);
// REPLAY_REGION. False: it could not be made.
[[nodiscard]] bool replay_make_region(AddressSpace& mm, const replay_op& op);
void replay_start_heap(AddressSpace& mm, u64 start);

}  // namespace km
