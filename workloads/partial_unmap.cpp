// Unmaps one page out of every `every` bytes, so that large folios lose a part, then uses what is left.
#include "workloads/common/runtime.h"

void workload(Arguments& arguments) {
    const u64 bytes = arguments.number("bytes", 4 << 20) / kPageBytes * kPageBytes;
    const u64 every = arguments.number("every", 64 << 10);
    const u64 hole = arguments.number("hole", 5);
    const u64 rounds = arguments.number("rounds", 4);
    arguments.finish();
    if (every % kPageBytes != 0 || hole * kPageBytes >= every) fail("every= must be whole pages, more than hole= of them");

    u8* const region = map_anonymous(bytes);
    const auto word = [&](u64 offset) -> volatile u64& { return *reinterpret_cast<u64*>(region + offset); };
    const auto mapped = [&](u64 offset) { return offset % every != hole * kPageBytes; };
    phase("populate", 0, [&] {
        for (u64 at = 0; at < bytes; at += kPageBytes) word(at) = at + 1;
    });
    phase("unmap", GUEST_PHASE_OF_INTEREST, [&] {
        for (u64 at = hole * kPageBytes; at < bytes; at += every) must(sys_munmap(region + at, kPageBytes), "munmap");
    });
    u64 sum = 0;
    phase("touch_rest", GUEST_PHASE_OF_INTEREST, [&] {
        for (u64 round = 0; round < rounds; ++round)
            for (u64 at = 0; at < bytes; at += kPageBytes)
                if (mapped(at)) sum = mix(sum, word(at));
    });
    report(sum);
}
