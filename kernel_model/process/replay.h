// Replays a recorded trace: its address-space calls and its accesses, process by process, in its order.
//
// A traced process is a guest process whose user part is one page of code (replay_stub.S): it asks for the next operation
// with GUEST_SYS_REPLAY and then makes that access from EL0 or that system call. What no program could do for
// itself (regions that execve makes, forcing the start of the heap, accesses from EL1) the kernel does here.
#pragma once

#include "kernel_model/process/pt_regs.h"

namespace km {

// Where the trace lies: a struct guest_window in the linear map, then its operations; called at boot.
void replay_set_window(void* window);

// GUEST_SYS_REPLAY. From init (the coordinator): starts the replay and returns when all of it was done. From a traced
// process: ends its last operation and puts the next into its registers.
[[nodiscard]] arch::i64 sys_replay(PtRegs& regs);

}  // namespace km
