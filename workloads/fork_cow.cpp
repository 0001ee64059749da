// Forks; the child writes to every other page and exits; then the parent writes to all of them.
#include "workloads/common/runtime.h"

namespace {

// What the child leaves as its exit status: eight bits of a checksum of its own copy.
u64 child(volatile u64* words, u64 words_per_page, u64 pages, u64 round) {
    u64 sum = 0;
    for (u64 page = 0; page < pages; page += 2) {
        volatile u64& word = words[page * words_per_page];
        word = word + round + 7;
        sum = mix(sum, word);
    }
    return sum >> 56;
}

}  // namespace

void workload(Arguments& arguments) {
    const u64 pages = arguments.number("bytes", 4 << 20) / kPageBytes;
    const u64 rounds = arguments.number("rounds", 4);
    arguments.finish();

    constexpr u64 kWordsPerPage = kPageBytes / sizeof(u64);
    volatile u64* const words = reinterpret_cast<u64*>(map_anonymous(pages * kPageBytes));
    phase("populate", 0, [&] {
        for (u64 page = 0; page < pages; ++page) words[page * kWordsPerPage] = page;
    });
    u64 sum = 0;
    for (u64 round = 0; round < rounds; ++round) {
        int status = 0;
        phase("fork_child_cow_wait", GUEST_PHASE_OF_INTEREST, [&] {
            const i64 pid = must(sys_fork(), "fork");
            if (pid == 0) sys_exit(child(words, kWordsPerPage, pages, round));
            must(sys_wait4(pid, &status), "wait4");
        });
        sum = mix(sum, static_cast<u64>(status));
        phase("write_after_fork", GUEST_PHASE_OF_INTEREST, [&] {
            for (u64 page = 0; page < pages; ++page) {
                volatile u64& word = words[page * kWordsPerPage];
                word = word + round + 1;
            }
        });
    }
    for (u64 page = 0; page < pages; ++page) sum = mix(sum, words[page * kWordsPerPage]);
    report(sum);
}
