// Makes a region read-only, reads it, makes it writable again, writes it. `chunk` is what one mprotect call covers.
#include "workloads/common/runtime.h"

namespace {

void protect(u8* region, u64 bytes, u64 chunk, u64 prot) {
    for (u64 at = 0; at < bytes; at += chunk)
        must(sys_mprotect(region + at, bytes - at < chunk ? bytes - at : chunk, prot), "mprotect");
}

}  // namespace

void workload(Arguments& arguments) {
    const u64 bytes = arguments.number("bytes", 4 << 20) / kPageBytes * kPageBytes;
    const u64 rounds = arguments.number("rounds", 4);
    const u64 chunk = arguments.number("chunk", bytes);
    arguments.finish();
    if (chunk == 0 || chunk % kPageBytes != 0) fail("chunk= must be a multiple of the page size");

    u8* const region = map_anonymous(bytes);
    const auto word = [&](u64 offset) -> volatile u64& { return *reinterpret_cast<u64*>(region + offset); };
    phase("populate", 0, [&] {
        for (u64 at = 0; at < bytes; at += kPageBytes) word(at) = at;
    });
    u64 sum = 0;
    for (u64 round = 0; round < rounds; ++round) {
        phase("mprotect_ro", GUEST_PHASE_OF_INTEREST, [&] { protect(region, bytes, chunk, PROT_READ); });
        phase("read", 0, [&] {
            for (u64 at = 0; at < bytes; at += kPageBytes) sum = mix(sum, word(at));
        });
        phase("mprotect_rw", GUEST_PHASE_OF_INTEREST, [&] { protect(region, bytes, chunk, PROT_READ | PROT_WRITE); });
        phase("write", 0, [&] {
            for (u64 at = 0; at < bytes; at += kPageBytes) word(at) = word(at) + round + 1;
        });
    }
    report(sum);
}
