// Miss counts in closed form, structure by structure: ways and sets of odd numbers, split L2 TLBs, walk caches, prefetch,
// inclusion, and sizes that are held in pieces.
#include <cmath>

#include "tests/mmu/reference/reference_array.h"
#include "tests/mmu/support/identities.h"

using namespace test;
using mmu::Contiguity;

namespace {

constexpr u64 kVa = 0x7f00'0000'0000;
constexpr u64 kPage = 4096;
constexpr u64 kBlock = u64{2} << 20;
constexpr u64 kEverySize = u64{1} << 30;

// One entry a page, all walks from the root, nothing that is fetched unasked.
mmu::MmuConfig plain() {
    mmu::MmuConfig config;
    config.contiguous = Contiguity::Ignore;
    config.walk_cache = mmu::WalkCache::None;
    config.prefetch = mmu::Prefetch::Off;
    return config;
}

struct Counts {
    u64 l1{0}, l2{0}, steps{0};
};
Counts counts_of(Fixture& f) { return {f.count(Event::L1D_TLB_REFILL), f.count(Event::L2D_TLB_REFILL), f.count(Event::DTLB_STEP)}; }

// A round over `count` addresses `stride` apart, after `warm_up` others.
Counts steady_round(Fixture& f, u64 count, u64 stride, unsigned warm_up = 3) {
    Counts before;
    for (unsigned round = 0; round <= warm_up; ++round) {
        before = counts_of(f);
        for (u64 i = 0; i < count; ++i) f.touch(kVa + i * stride);
    }
    require_identities(f);
    const Counts after = counts_of(f);
    return {after.l1 - before.l1, after.l2 - before.l2, after.steps - before.steps};
}

void map_scattered(Fixture& f, u64 pages, u64 stride = kPage) {
    for (u64 i = 0; i < pages; ++i) f.low.map(kVa + i * stride, kRam + (i ^ 3) * kPage, kUserPage);
}

// Misses of a round under LRU: sets that hold more than their ways miss always.
u64 lru_misses(u64 entries, u64 sets, u64 ways) {
    u64 misses = 0;
    for (u64 set = 0; set < sets; ++set) {
        const u64 in_set = entries / sets + (set < entries % sets ? 1 : 0);
        if (in_set > ways) misses += in_set;
    }
    return misses;
}

}  // namespace

TEST_CASE("Knees lie where sets times ways say: 5 x 32, 6 x 32, 12 x 16, and 40, 44 or 100 ways without sets") {
    struct Shape {
        unsigned entries, ways;
    };
    for (const auto& [entries, ways] : {Shape{160, 5}, {192, 6}, {192, 12}, {40, 0}, {44, 0}, {100, 0}, {1024, 128}}) {
        const unsigned in_set = ways == 0 ? entries : ways;
        for (const u64 pages : {u64{entries} - 1, u64{entries}, u64{entries} + 1, u64{entries} + 7, u64{2} * entries}) {
            INFO(entries << " entries, " << in_set << " ways, " << pages << " pages");
            auto config = plain();
            config.l1d_tlb = {entries, ways, "4K"};
            Fixture f{config};
            map_scattered(f, pages);
            CHECK(steady_round(f, pages, kPage).l1 == lru_misses(pages, entries / in_set, in_set));
        }
    }
}

TEST_CASE("Tree-PLRU of any number of ways misses as trees of bits do") {
    for (const unsigned ways : {4u, 5u, 8u, 12u, 48u}) {
        for (const u64 pages : {u64{ways}, u64{ways} + 1, u64{ways} + 2, u64{2} * ways}) {
            INFO(ways << " ways, " << pages << " pages");
            auto config = plain();
            config.replacement = mmu::Replacement::Plru;
            config.l1d_tlb = {ways, 0, "4K"};
            Fixture f{config};
            map_scattered(f, pages);
            reference::Array bits{{ways, 0, {kPage}, true}, reference::Policy::Plru, 1};
            u64 misses = 0;
            for (unsigned round = 0; round < 4; ++round) {
                misses = 0;
                for (u64 i = 0; i < pages; ++i) {
                    reference::Entry* const hit = bits.find(i * kPage, 0);
                    if (hit != nullptr) bits.use(*hit);
                    else static_cast<void>(bits.fill({.first = i * kPage, .bytes = kPage, .page_bytes = kPage, .leaf_bytes = kPage}, i * kPage));
                    misses += hit == nullptr;
                }
            }
            CHECK(steady_round(f, pages, kPage).l1 == misses);
            if (pages <= ways) CHECK(misses == 0);
        }
    }
}

TEST_CASE("Random replacement repeats with its seed, differs with another, and hits as often as chance says") {
    constexpr unsigned kWays = 48;
    constexpr u64 kPages = 96;
    const auto misses = [&](u64 seed) {
        auto config = plain();
        config.replacement = mmu::Replacement::Random;
        config.replacement_seed = seed;
        Fixture f{config};
        map_scattered(f, kPages);
        u64 sum = 0;
        for (unsigned i = 0; i < 100; ++i) sum += steady_round(f, kPages, kPage, 0).l1;
        return sum;
    };
    CHECK(misses(1) == misses(1));
    CHECK(misses(1) != misses(2));
    // A page survives a round if none of the round's misses takes its way: h = (1 - 1/ways)^(pages (1 - h)).
    double h = 0.3;
    for (unsigned i = 0; i < 200; ++i) h = std::pow(1 - 1.0 / kWays, kPages * (1 - h));
    const double measured = 1 - static_cast<double>(misses(1)) / (100.0 * kPages);
    CHECK(measured == Approx(h).margin(0.02));
}

TEST_CASE("A second L2 TLB holds the sizes that it lists, and the first one no longer") {
    auto config = plain();
    config.l1d_tlb = {4, 0, "4K,2M"};
    config.l2_large_tlb = {16, 0, "2M,1G"};
    for (const u64 blocks : {16u, 17u}) {
        Fixture f{config};
        for (u64 i = 0; i < blocks; ++i) f.low.map(kVa + i * kBlock, kRam + i * kBlock, kUserPage, 2);
        CHECK(steady_round(f, blocks, kBlock).l2 == (blocks == 16 ? 0 : 17));
    }
    Fixture f{config};
    map_scattered(f, 1280);
    CHECK(steady_round(f, 1280, kPage).l2 == 0);
}

TEST_CASE("Each kind of walk cache saves the descriptors that it holds") {
    // Twelve tables of the last level: a page in each. A walk reads the levels that no cache has.
    const auto steps_of = [](const mmu::MmuConfig& config, u64 stride) {
        Fixture f{config};
        map_scattered(f, 12, stride);
        const Counts round = steady_round(f, 12, stride);
        REQUIRE(round.l2 == 12);
        return round.steps;
    };
    auto config = plain();
    config.l1d_tlb = config.l2_tlb = {1, 0, "4K"};
    CHECK(steps_of(config, kBlock) == 12 * 4);
    config.walk_cache = mmu::WalkCache::Separate;
    config.walk_caches = {.entries = 64, .ways = 4};
    CHECK(steps_of(config, kBlock) == 12);
    config.walk_caches = {.entries = 72 * 8, .ways = 8};
    CHECK(steps_of(config, kBlock) == 12);
    // Fourteen pointers for eleven ways, the lowest ones the newest: at a stride of a table all of level 3 are lost.
    config.walk_caches = {.entries = 11, .ways = 0};
    CHECK(steps_of(config, kBlock) == 12 * 2);
    config.walk_cache = mmu::WalkCache::Levels;
    config.walk_caches = {.ways = 0, .level0_entries = 1, .level1_entries = 1, .level2_entries = 12};
    CHECK(steps_of(config, kBlock) == 12);
    config.walk_caches.level2_entries = 11;
    CHECK(steps_of(config, kBlock) == 12 * 2);
    // A gigabyte apart each page has tables of its own at two levels.
    CHECK(steps_of(config, kEverySize) == 12 * 3);
}

TEST_CASE("A last-level TLBI leaves walk caches of their own, another one takes them") {
    for (const auto kind : {mmu::WalkCache::Separate, mmu::WalkCache::Levels}) {
        auto config = plain();
        config.walk_cache = kind;
        Fixture f{config};
        map_scattered(f, 1);
        f.touch(kVa);
        arch::TlbInvalidation tlbi{.scope = arch::TlbInvalidation::Scope::VaAsid, .last_level_only = true, .asid = 1, .va = kVa, .bytes = kPage};
        CHECK(f.unit.invalidate(tlbi) == 2);
        f.touch(kVa);
        CHECK(f.record.step_count == 1);
        tlbi.last_level_only = false;
        CHECK(f.unit.invalidate(tlbi) == 5);
        f.touch(kVa);
        CHECK(f.record.step_count == 4);
    }
}

namespace {

struct Prefetched {
    u64 walks, prefetches, dropped, hits;
    friend bool operator==(const Prefetched&, const Prefetched&) = default;
};

Prefetched prefetches_of(const std::vector<u64>& pages, u64 mapped, const std::function<void(Fixture&)>& change = {}) {
    auto config = plain();
    config.prefetch = mmu::Prefetch::NextPage;
    Fixture f{config};
    map_scattered(f, mapped);
    if (change) change(f);
    for (const u64 page : pages) f.touch(kVa + page * kPage);
    require_identities(f);
    return {f.count(Event::DTLB_WALK), f.count(Event::SIM_WALK_PREFETCH), f.count(Event::SIM_WALK_PREFETCH_DROPPED),
            f.count(Event::SIM_PREFETCH_HIT)};
}

std::vector<u64> every(u64 step, u64 count) {
    std::vector<u64> out;
    for (u64 i = 0; i < count; ++i) out.push_back(i * step);
    return out;
}

}  // namespace

TEST_CASE("Next-page prefetch: a sequence walks twice, and once more for each further table") {
    // The second walk starts it; each first use of what it brought brings the next.
    CHECK(prefetches_of(every(1, 100), 512) == Prefetched{2, 99, 0, 98});
    // The last page of a table has none after it, so the first of the next one is walked for; it goes on at once.
    CHECK(prefetches_of(every(1, 1024), 1024) == Prefetched{3, 1021, 0, 1021});
    // A page that is not there: the prefetch is dropped.
    CHECK(prefetches_of(every(1, 100), 100) == Prefetched{2, 99, 1, 98});
}

TEST_CASE("Next-page prefetch: strides, descents and disorder start nothing") {
    CHECK(prefetches_of(every(2, 100), 512) == Prefetched{100, 0, 0, 0});
    CHECK(prefetches_of({9, 8, 7, 6, 5, 4, 3}, 512) == Prefetched{7, 0, 0, 0});
    CHECK(prefetches_of({5, 90, 7, 44, 13, 2, 71}, 512) == Prefetched{7, 0, 0, 0});
}

TEST_CASE("A prefetch sets no access flag: such a page is left alone") {
    const auto clear_flag = [](Fixture& f) {
        f.set_tcr(kTcr | kTcrHa);
        f.low.map(kVa + 2 * kPage, kRam, kUserPage & ~kAccessFlag);
    };
    CHECK(prefetches_of({0, 1}, 512, clear_flag) == Prefetched{2, 1, 1, 0});
    auto config = plain();
    config.prefetch = mmu::Prefetch::NextPage;
    Fixture f{config};
    map_scattered(f, 8);
    clear_flag(f);
    f.touch(kVa);
    f.touch(kVa + kPage);
    CHECK(f.record.prefetch_step_count == 4);
    CHECK((f.memory.get(f.low.slot(kVa + 2 * kPage)) & kAccessFlag) == 0);
}

TEST_CASE("An exclusive hierarchy holds L1 and L2 entries together, one that is not no more than L2") {
    for (const auto inclusion : {mmu::Inclusion::Exclusive, mmu::Inclusion::Neither, mmu::Inclusion::Inclusive}) {
        auto config = plain();
        config.l1d_tlb = {48, 0, "4K"};
        config.l2_tlb = {64, 0, "4K"};
        config.inclusion = inclusion;
        const u64 capacity = inclusion == mmu::Inclusion::Exclusive ? 48 + 64 : 64;
        for (const u64 pages : {capacity, capacity + 1}) {
            Fixture f{config};
            map_scattered(f, pages);
            CHECK(steady_round(f, pages, kPage, 4).l2 == (pages <= capacity ? 0 : pages));
        }
    }
}

TEST_CASE("Inclusive: what L2 evicts leaves L1, used or not. Neither: it stays") {
    for (const auto inclusion : {mmu::Inclusion::Inclusive, mmu::Inclusion::Neither}) {
        auto config = plain();
        config.l1d_tlb = {8, 0, "4K"};
        config.l2_tlb = {4, 0, "4K"};
        config.inclusion = inclusion;
        Fixture f{config};
        map_scattered(f, 5);
        for (const u64 page : std::initializer_list<u64>{0, 1, 2, 3, 0, 0, 0, 4}) f.touch(kVa + page * kPage);
        f.touch(kVa);  // L2 did not see that it was used
        CHECK(f.record.source == (inclusion == mmu::Inclusion::Inclusive ? Source::Walk : Source::L1Hit));
    }
}

TEST_CASE("Where any TLBI empties the L1 TLBs, one of another page does, and the L2 TLB keeps its entries") {
    auto config = plain();
    config.tlbi_flushes_l1 = true;
    Fixture f{config};
    map_scattered(f, 4);
    for (u64 i = 0; i < 4; ++i) f.touch(kVa + i * kPage);
    CHECK(f.tlbi_va(kVa + 64 * kPage) == 4);
    for (u64 i = 0; i < 4; ++i) {
        f.touch(kVa + i * kPage);
        CHECK(f.record.source == Source::L2Hit);
    }
}

TEST_CASE("A reach that a structure has not is held in pieces of the largest size that it has") {
    const auto reaches = [](const char* l1, const char* l2, int level, u64 attributes, u64 offset) {
        auto config = plain();
        config.contiguous = Contiguity::Hint;
        config.l1d_tlb.page_sizes = l1;
        config.l2_tlb.page_sizes = l2;
        Fixture f{config};
        const u64 step = arch::level_size(arch::Granule::k4K, level);
        for (u64 i = 0; i < 16; ++i) f.low.map(kVa + i * step, (level == 1 ? 0 : kRam) + i * step, attributes, level);
        f.touch(kVa);
        const unsigned in_l1 = f.record.reach_shift;
        f.touch(kVa + offset);
        return std::pair{in_l1, f.record.source};
    };
    // Cortex-A72: a 2M block takes two L1 entries of 1M; L2 has it whole.
    CHECK(reaches("4K,64K,1M", "4K,64K,1M,2M,16M,512M,1G", 2, kUserPage, 1 << 20) == std::pair{20u, Source::L2Hit});
    // Neoverse N1: a group of 32M is held as 2M in L1D.
    CHECK(reaches("4K,16K,64K,256K,2M,512M", "4K,16K,64K,2M,32M,512M,1G", 2, kUserPage | kContiguous, kBlock) == std::pair{21u, Source::L2Hit});
    // Cortex-A53: 1G is split into 512M in L2, too.
    CHECK(reaches("4K,64K,2M", "4K,64K,2M,512M", 1, kUserPage, u64{256} << 20) == std::pair{21u, Source::L2Hit});
    CHECK(reaches("4K,64K,2M", "4K,64K,2M,512M", 1, kUserPage, u64{512} << 20) == std::pair{21u, Source::Walk});
}

TEST_CASE("Firmware that switches aggregation off leaves single pages, in L1 only or everywhere") {
    const auto refills = [](mmu::Aggregation hpa) {
        auto config = plain();
        config.contiguous = Contiguity::Coalesce4;
        config.hpa = hpa;
        config.l1d_tlb = {16, 0, "4K"};
        config.l2_tlb = {16, 0, "4K"};
        Fixture f{config};
        f.low.map_pages(kVa, kRam, 64, kUserPage);
        const Counts round = steady_round(f, 64, kPage);
        return std::pair{round.l1, round.l2};
    };
    CHECK(refills(mmu::Aggregation::On) == std::pair<u64, u64>{0, 0});
    CHECK(refills(mmu::Aggregation::L2) == std::pair<u64, u64>{64, 0});
    CHECK(refills(mmu::Aggregation::Off) == std::pair<u64, u64>{64, 64});
}
