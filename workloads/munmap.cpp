// Maps, touches and unmaps a region, again and again.
#include "workloads/common/runtime.h"

void workload(Arguments& arguments) {
    const u64 bytes = arguments.number("bytes", 4 << 20) / kPageBytes * kPageBytes;
    const u64 rounds = arguments.number("rounds", 8);
    arguments.finish();

    u64 sum = 0;
    for (u64 round = 0; round < rounds; ++round) {
        u8* const region = map_anonymous(bytes);
        const auto word = [&](u64 offset) -> volatile u64& { return *reinterpret_cast<u64*>(region + offset); };
        phase("populate", 0, [&] {
            for (u64 at = 0; at < bytes; at += kPageBytes) {
                word(at) = round + 1;
                sum = mix(sum, word(at) + word(at + 8));  // the second is zero in fresh memory
                word(at + 8) = round + 1;
            }
        });
        phase("munmap", GUEST_PHASE_OF_INTEREST, [&] { must(sys_munmap(region, bytes), "munmap"); });
    }
    report(sum);
}
