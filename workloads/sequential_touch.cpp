// Touches every page of a region in ascending order, again and again: one access per page, the address known early.
#include "workloads/common/runtime.h"

void workload(Arguments& arguments) {
    const u64 pages = arguments.number("bytes", 16 << 20) / kPageBytes;
    const u64 rounds = arguments.number("rounds", 4);
    arguments.finish();

    u8* const region = map_anonymous(pages * kPageBytes);
    // A different cache line in neighbouring pages, so that the touched lines do not share a few cache sets.
    const auto word = [&](u64 page) -> volatile u64& {
        return *reinterpret_cast<u64*>(region + page * kPageBytes + line_of(page) * 64);
    };
    phase("populate", 0, [&] {
        for (u64 page = 0; page < pages; ++page) word(page) = page;
    });
    u64 sum = 0;
    phase("steady", GUEST_PHASE_OF_INTEREST, [&] {
        for (u64 round = 0; round < rounds; ++round)
            for (u64 page = 0; page < pages; ++page) {
                const u64 value = word(page);
                sum += value;
                word(page) = value + round;
            }
    });
    report(sum);
}
