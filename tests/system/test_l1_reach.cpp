// The L1 data TLB in closed form, measured by page_stride on the whole machine: 48 entries, fully associative, LRU.
// A round over N pages needs E entries for them and one for the stack: no refill while E + 1 <= 48, then every entry
// is refilled in every round.
#include "tests/support/catch.h"
#include "tests/system/stride.h"

using namespace system_tests;

namespace {

constexpr u64 kEntries = 48;

// What one entry reaches, and the set-up that makes it so.
struct Reach {
    const char* what;
    u64 pages;
    Settings settings;
};

// Aggregation needs frames whose numbers continue, aligned as the addresses are. page_stride's region starts on a
// 2 MiB boundary and folios of 64K are aligned in memory, so with these every group of four qualifies; and contpte sets
// the Contiguous bit on all sixteen pages of each.
const std::vector<Reach>& reaches() {
    static const std::vector<Reach> kReaches{
        {"single pages", 1, {{"kernel.thp_anon", "never"}, {"kernel.contpte", "off"}, {"mmu.contiguous", "ignore"}}},
        {"folios, hint not used",
         1,
         {{"kernel.thp_anon", "64K:always"}, {"kernel.contpte", "on"}, {"mmu.contiguous", "ignore"}}},
        {"hint used, contpte compiled out",
         1,
         {{"kernel.thp_anon", "64K:always"}, {"kernel.contpte", "off"}, {"mmu.contiguous", "hint"}}},
        {"hint used, contpte never folds",
         1,
         {{"kernel.thp_anon", "64K:always"}, {"kernel.contpte", "nofold"}, {"mmu.contiguous", "hint"}}},
        {"aggregation, contpte compiled out",
         4,
         {{"kernel.thp_anon", "64K:always"}, {"kernel.contpte", "off"}, {"mmu.contiguous", "coalesce4"}}},
        {"aggregation of folded blocks, hint not used",
         4,
         {{"kernel.thp_anon", "64K:always"}, {"kernel.contpte", "on"}, {"mmu.contiguous", "coalesce4"}}},
        {"aggregation and hint, contpte compiled out",
         4,
         {{"kernel.thp_anon", "64K:always"}, {"kernel.contpte", "off"}, {"mmu.contiguous", "hint+coalesce4"}}},
        {"hint", 16, {{"kernel.thp_anon", "64K:always"}, {"kernel.contpte", "on"}, {"mmu.contiguous", "hint"}}},
        {"Neoverse N1 as it is", 16, {{"kernel.thp_anon", "64K:always"}, {"kernel.contpte", "on"}}},
    };
    return kReaches;
}

u64 entries_of(u64 pages, u64 reach) {
    return (pages + reach - 1) / reach;
}

void check_round(const Reach& reach, u64 pages, u64 entries) {
    INFO(reach.what << ", " << pages << " pages");
    const Round round = one_round({pages}, reach.settings);
    CHECK(round.data_lookups == pages + kStackAccesses);
    CHECK(round.l1_refills == lru_refills(entries_of(pages, reach.pages) + kStackPages, entries));
    // All of this is far inside the L2 TLB.
    CHECK(round.l2_refills == 0);
    CHECK(round.fetch_refills == 0);
    CHECK(round.exceptions == 0);
}

}  // namespace

TEST_CASE("L1D refills of a round are 0 up to the reach and one an entry beyond it, at 1, 4 and 16 pages an entry") {
    for (const Reach& reach : reaches()) {
        const u64 inside = (kEntries - kStackPages) * reach.pages;
        check_round(reach, inside, kEntries);
        check_round(reach, inside + 1, kEntries);
        check_round(reach, inside + reach.pages, kEntries);
    }
}

TEST_CASE("Far inside and far beyond the reach the form is the same") {
    for (const Reach& reach : reaches()) {
        check_round(reach, 16, kEntries);
        check_round(reach, 2 * kEntries * reach.pages, kEntries);
    }
}

TEST_CASE("The knee moves with the number of entries") {
    for (Reach reach : {reaches().front(), reaches().back()}) {
        reach.settings.emplace_back("mmu.l1d_tlb.entries", "24");
        check_round(reach, 23 * reach.pages, 24);
        check_round(reach, 23 * reach.pages + 1, 24);
    }
}

TEST_CASE("Single pages of fresh memory aggregate, those of fragmented memory hardly do") {
    // Single pages come from the allocator in ascending order, so fresh ones continue each other; whether they are
    // aligned as their addresses is the boot's doing, so only bounds are claimed.
    const Settings single{{"kernel.thp_anon", "never"}, {"kernel.contpte", "off"}, {"mmu.contiguous", "coalesce4"}};
    Settings fragmented = single;
    fragmented.emplace_back("kernel.fragmentation", "100");
    fragmented.emplace_back("kernel.seed", "1");
    constexpr u64 kPages = 96;
    CHECK(one_round({kPages}, single).l1_refills <= lru_refills(kPages + kStackPages, kEntries));
    const u64 scattered = one_round({kPages}, fragmented).l1_refills;
    CHECK(scattered > kPages * 3 / 4);
    CHECK(scattered <= kPages + kStackPages);
}
