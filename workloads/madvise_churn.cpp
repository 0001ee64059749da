// Gives chunks back with MADV_DONTNEED in random order and touches them again, as an allocator does.
#include "workloads/common/runtime.h"

void workload(Arguments& arguments) {
    const u64 bytes = arguments.number("bytes", 4 << 20);
    const u64 chunk = arguments.number("chunk", 64 << 10);
    const u64 rounds = arguments.number("rounds", 256);
    const u64 seed = arguments.number("seed", 1);
    arguments.finish();
    if (chunk == 0 || chunk % kPageBytes != 0 || bytes % chunk != 0) fail("bytes= must be a multiple of chunk=, whole pages");

    u8* const region = map_anonymous(bytes);
    const auto word = [&](u64 offset) -> volatile u64& { return *reinterpret_cast<u64*>(region + offset); };
    phase("populate", 0, [&] {
        for (u64 at = 0; at < bytes; at += kPageBytes) {
            word(at) = at + 1;
            word(at + 8) = 1;
        }
    });
    Random random{seed};
    u64 sum = 0;
    phase("churn", GUEST_PHASE_OF_INTEREST, [&] {
        for (u64 round = 0; round < rounds; ++round) {
            const u64 start = random.below(bytes / chunk) * chunk;
            sum = mix(sum, word(start));
            must(sys_madvise(region + start, chunk, MADV_DONTNEED), "madvise");
            for (u64 at = start; at < start + chunk; at += kPageBytes) {
                word(at) = round;
                sum += word(at + 8);  // zero in fresh memory
                word(at + 8) = 1;
            }
        }
    });
    for (u64 at = 0; at < bytes; at += kPageBytes) sum = mix(sum, word(at));
    report(sum);
}
