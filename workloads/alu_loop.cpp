// Arithmetic in registers only: what an emulator can do at best.
#include "workloads/common/runtime.h"

void workload(Arguments& arguments) {
    const u64 iterations = arguments.number("iterations", 1000000);
    arguments.finish();

    Random random{1};
    u64 sum = 0;
    phase("steady", GUEST_PHASE_OF_INTEREST, [&] {
        for (u64 i = 0; i < iterations; ++i) sum = mix(sum, random.next());
    });
    report(sum);
}
