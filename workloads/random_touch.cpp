// Reads and changes eight bytes of random pages. The next address never depends on what was read, so a core may
// overlap the walks: pointer_chase is the opposite.
#include "workloads/common/runtime.h"

void workload(Arguments& arguments) {
    const u64 pages = arguments.number("bytes", 4 << 20) / kPageBytes;
    const u64 accesses = arguments.number("accesses", 200000);
    const u64 seed = arguments.number("seed", 1);
    arguments.finish();
    if (pages == 0) fail("bytes= must be at least one page");

    u8* const region = map_anonymous(pages * kPageBytes);
    const auto word = [&](u64 page) -> volatile u64& {
        return *reinterpret_cast<u64*>(region + page * kPageBytes + line_of(page) * 64);
    };
    phase("populate", 0, [&] {
        for (u64 page = 0; page < pages; ++page) word(page) = page;
    });
    Random random{seed};
    u64 sum = 0;
    phase("steady", GUEST_PHASE_OF_INTEREST, [&] {
        for (u64 i = 0; i < accesses; ++i) {
            volatile u64& slot = word(random.below(pages));
            const u64 value = slot;
            sum = mix(sum, value);
            slot = value + i;
        }
    });
    report(sum);
}
