// Replays the trace that the host laid beside the initrd. The work is the kernel's and the traced processes'
// (kernel_model/process/replay.h); this program marks the phase, waits for them, and collects them.
#include "workloads/common/runtime.h"

void workload(Arguments& arguments) {
    arguments.finish();
    phase("replay", GUEST_PHASE_OF_INTEREST, [] { must(syscall(GUEST_SYS_REPLAY), "replay"); });
    int status = 0;
    while (sys_wait4(-1, &status) > 0) {
    }
}
