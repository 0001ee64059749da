// One load from each of `pages` pages, `stride` bytes apart, for `rounds` rounds: the pattern whose TLB misses have a
// closed form. The first round is a phase of its own, so that `steady` starts with a warm TLB.
#include "workloads/common/runtime.h"

void workload(Arguments& arguments) {
    const u64 pages = arguments.number("pages", 64);
    const u64 rounds = arguments.number("rounds", 100);
    const u64 stride = arguments.number("stride", kPageBytes);
    arguments.finish();
    if (stride == 0 || stride % kPageBytes != 0) fail("stride= must be a multiple of the page size");

    u8* const region = map_anonymous(pages * stride);
    const auto word = [&](u64 page) -> volatile u64& {
        return *reinterpret_cast<u64*>(region + page * stride + line_of(page) * 64);
    };
    u64 sum = 0;
    const auto one_round = [&] {
        for (u64 page = 0; page < pages; ++page) sum += word(page);
    };
    phase("populate", 0, [&] {
        for (u64 page = 0; page < pages; ++page) word(page) = page + 1;
    });
    phase("warm", 0, one_round);
    phase("steady", GUEST_PHASE_OF_INTEREST, [&] {
        for (u64 round = 0; round < rounds; ++round) one_round();
    });
    report(sum);
}
