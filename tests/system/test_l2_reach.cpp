// The L2 TLB in closed form: 1280 entries in 256 sets of 5 ways, LRU in each set. The set of an entry is chosen by the
// address bits just above its reach, so neighbouring entries lie in neighbouring sets.
#include "tests/support/catch.h"
#include "tests/system/lru_model.h"
#include "tests/system/stride.h"

using namespace system_tests;

namespace {

constexpr u64 kSets = 256;
constexpr u64 kWays = 5;
constexpr u64 kEntries = kSets * kWays;
// The stack is the topmost page of the lower half of the address space: all ones. So is its set, at any reach.
constexpr u64 kStackPage = 0xfffffffff000;
constexpr u64 kStackSet = kSets - 1;

// One entry a page, a walk that starts at the root each time: the L2 TLB holds nothing but pages.
Settings pages_only() {
    return {{"kernel.thp_anon", "never"},
            {"kernel.contpte", "off"},
            {"mmu.contiguous", "ignore"},
            {"mmu.walk_cache", "none"}};
}

// Refills of a round over `entries` that start at set 0 and lie `step` sets apart, and over the stack's entry.
u64 refills_of_sets(u64 entries, u64 step) {
    u64 refills = 0;
    for (u64 set = 0; set < kSets; ++set) {
        const u64 sets_used = kSets / step;
        u64 used = set % step != 0 ? 0 : entries / sets_used + (set / step < entries % sets_used ? 1 : 0);
        used += set == kStackSet ? kStackPages : 0;
        refills += lru_refills(used, kWays);
    }
    return refills;
}

void check_sets(Stride stride, u64 reach, const Settings& settings) {
    const u64 entries = (stride.pages + reach - 1) / reach;
    INFO(stride.pages << " pages of stride " << stride.bytes << ", " << reach << " pages an entry");
    const Round round = one_round(stride, settings);
    CHECK(round.l1_refills == entries + kStackPages);
    CHECK(round.l2_refills == refills_of_sets(entries, stride.bytes / 4096));
    CHECK(round.walks_from_cache == 0);
    CHECK(round.descriptors_read == 4 * round.l2_refills);
    CHECK(round.fetch_refills == 0);
}

// Where page_stride's region starts: the first 2 MiB boundary in the topmost hole below the mmap base.
u64 region_start(u64 pages) {
    constexpr u64 kMmapBase = 0xfffff8000000;
    constexpr u64 kHuge = 2 << 20;
    return (kMmapBase - pages * 4096 - kHuge + kHuge - 1) & ~(kHuge - 1);
}

Round round_of_model(u64 pages, bool holds_tables) {
    LruModel model{holds_tables};
    const auto rounds = [&](unsigned n) {
        for (unsigned i = 0; i < n; ++i) {
            for (u64 page = 0; page < pages; ++page) model.load(region_start(pages) + page * 4096);
            model.load(kStackPage);
        }
    };
    rounds(8);
    const LruModel before = model;
    rounds(1);
    Round round;
    round.l1_refills = model.l1_refills - before.l1_refills;
    round.l2_refills = model.l2_refills - before.l2_refills;
    round.walks_from_cache = model.walks_from_cache - before.walks_from_cache;
    round.descriptors_read = model.descriptors_read - before.descriptors_read;
    return round;
}

}  // namespace

TEST_CASE("L2 refills of a round follow sets and ways") {
    // 1279 pages and the stack fill every way of every set. With one page more set 255 has six entries to hold, of
    // which none stays until it is needed; each further page makes one more set overflow, six refills at a time.
    REQUIRE(refills_of_sets(kEntries - 1, 1) == 0);
    REQUIRE(refills_of_sets(kEntries, 1) == 6);
    REQUIRE(refills_of_sets(kEntries + 255, 1) == kEntries + 256);
    for (const u64 pages :
         {u64{1024}, kEntries - 1, kEntries, kEntries + 1, kEntries + 20, kEntries + 255, kEntries + 256, u64{2000}})
        check_sets({pages}, 1, pages_only());
}

TEST_CASE("Pages that share sets conflict long before the TLB is full") {
    constexpr u64 kPage = 4096;
    check_sets({48, 256 * kPage}, 1, pages_only());  // all in set 0: five of 48 could stay, LRU keeps none
    check_sets({80, 16 * kPage}, 1, pages_only());   // five in each of 16 sets
    check_sets({81, 16 * kPage}, 1, pages_only());   // and six in the first
    check_sets({96, 16 * kPage}, 1, pages_only());
    check_sets({161, 8 * kPage}, 1, pages_only());
}

TEST_CASE("Aggregation and the Contiguous bit move the knee of the L2 TLB to 4 and 16 times as many pages") {
    Settings aggregation{{"kernel.contpte", "off"}, {"mmu.contiguous", "coalesce4"}, {"mmu.walk_cache", "none"}};
    Settings hint{
        {"kernel.contpte", "on"}, {"mmu.contiguous", "hint"}, {"mmu.walk_cache", "none"}, {"machine.memory", "256M"}};
    for (const u64 entries : {kEntries - 1, kEntries, kEntries + 20}) {
        check_sets({4 * entries}, 4, aggregation);
        check_sets({16 * entries}, 16, hint);
    }
}

TEST_CASE("Table pointers take ways of the L2 TLB from pages") {
    const Settings settings{{"kernel.thp_anon", "never"}, {"kernel.contpte", "off"}, {"mmu.contiguous", "ignore"}};
    for (const u64 pages : {u64{47}, u64{48}, u64{1024}, u64{1100}, kEntries - 1, kEntries, kEntries + 1, kEntries + 20,
                            kEntries + 255, u64{2000}}) {
        INFO(pages << " pages");
        const Round round = one_round({pages}, settings);
        const Round model = round_of_model(pages, true);
        CHECK(round.l1_refills == model.l1_refills);
        CHECK(round.l2_refills == model.l2_refills);
        CHECK(round.walks_from_cache == model.walks_from_cache);
        CHECK(round.descriptors_read == model.descriptors_read);
    }
    // With one way left in each set they cost no page its place; in full sets they do, and each page of these sets is
    // walked in every round, which keeps the pointers young.
    CHECK(round_of_model(1024, true).l2_refills == 0);
    CHECK(round_of_model(kEntries - 1, true).l2_refills > round_of_model(kEntries - 1, false).l2_refills);
}

TEST_CASE("The model agrees with the closed form where no table pointers are held") {
    for (const u64 pages : {u64{47}, u64{48}, kEntries - 1, kEntries, kEntries + 20, u64{2000}}) {
        const Round model = round_of_model(pages, false);
        CHECK(model.l1_refills == lru_refills(pages + kStackPages, 48));
        CHECK(model.l2_refills == refills_of_sets(pages, 1));
    }
}

TEST_CASE("Neoverse N1 as it is: the L2 TLB reaches 1280 times 64K with contpte, 16K without") {
    for (const auto& [contpte, reach] : {std::pair{"on", u64{16}}, std::pair{"off", u64{4}}}) {
        const Settings settings{{"kernel.contpte", contpte}, {"machine.memory", "256M"}};
        INFO("contpte " << contpte);
        // A way of each set left for table pointers: nothing is lost. An entry more than the ways in each set:
        // everything.
        CHECK(one_round({1024 * reach}, settings).l2_refills == 0);
        CHECK(one_round({6 * kSets * reach}, settings).l2_refills == 6 * kSets + kStackPages);
    }
}
