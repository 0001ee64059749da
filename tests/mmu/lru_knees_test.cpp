// Closed-form miss counts: rounds over N pages, page by page. Under LRU a fully associative TLB misses nothing once
// the pages fit, and everything once they do not; a set-associative one does so set by set.
#include "tests/mmu/support/identities.h"

using mmu::Contiguity;
using namespace test;

namespace {

constexpr u64 kVa = 0x7f00'0000'0000;
constexpr unsigned kL1Entries = 48;
constexpr unsigned kL2Sets = 256, kL2Ways = 5;

struct Pattern {
    const char* name;
    bool frames_contiguous;  // otherwise no two neighbours are
    bool folded;             // the Contiguous bit is set
};
constexpr Pattern kScattered{"scattered frames", false, false};
constexpr Pattern kContiguousFrames{"contiguous frames", true, false};
constexpr Pattern kFolded{"folded blocks", true, true};

struct Refills {
    u64 l1d{0};
    u64 l2{0};
};

// Refills of one steady round over `pages` pages.
Refills steady_round(Contiguity mode, const Pattern& pattern, u64 pages) {
    mmu::MmuConfig config = without_prefetch();
    config.contiguous = mode;
    config.walk_cache = mmu::WalkCache::None;  // the L2 TLB holds translations only
    Fixture f{config};
    for (u64 i = 0; i < pages; ++i) {
        // Reversing neighbours keeps frames distinct and never contiguous.
        const u64 frame = pattern.frames_contiguous ? i : i ^ 3;
        f.low.map(kVa + i * 0x1000, kRam + frame * 0x1000, kUserPage | (pattern.folded ? kContiguous : 0));
    }
    const auto round = [&] {
        for (u64 i = 0; i < pages; ++i) f.touch(kVa + i * 0x1000);
    };
    round();
    round();
    const Refills before{f.count(Event::L1D_TLB_REFILL), f.count(Event::L2D_TLB_REFILL)};
    round();
    require_identities(f);
    return {f.count(Event::L1D_TLB_REFILL) - before.l1d, f.count(Event::L2D_TLB_REFILL) - before.l2};
}

// The same by arithmetic: `entries` TLB entries of consecutive reaches are needed.
Refills expected(u64 entries) {
    if (entries <= kL1Entries) return {};
    u64 l2 = 0;
    for (u64 set = 0; set < kL2Sets; ++set) {
        const u64 in_set = entries / kL2Sets + (set < entries % kL2Sets ? 1 : 0);
        if (in_set > kL2Ways) l2 += in_set;
    }
    return {entries, l2};
}

void check_knees(Contiguity mode, const Pattern& pattern, u64 factor) {
    for (const u64 entries : {1u, 47u, 48u, 49u, 96u, 1279u, 1280u, 1281u, 1300u, 1536u}) {
        const u64 pages = entries * factor;
        INFO(pattern.name << ", " << pages << " pages, " << factor << " per entry");
        const Refills measured = steady_round(mode, pattern, pages);
        CHECK(measured.l1d == expected(entries).l1d);
        CHECK(measured.l2 == expected(entries).l2);
    }
}

}  // namespace

TEST_CASE("without contiguity the knees lie at the number of entries, whatever the frames") {
    check_knees(Contiguity::Ignore, kScattered, 1);
    check_knees(Contiguity::Ignore, kFolded, 1);
}

TEST_CASE("the hint moves the knees of folded memory out sixteen times, and of nothing else") {
    check_knees(Contiguity::Hint, kFolded, 16);
    check_knees(Contiguity::Hint, kContiguousFrames, 1);
}

TEST_CASE("aggregation of four pages moves the knees of contiguous frames out four times, Contiguous bit or not") {
    check_knees(Contiguity::Coalesce4, kContiguousFrames, 4);
    check_knees(Contiguity::Coalesce4, kFolded, 4);
    check_knees(Contiguity::Coalesce4, kScattered, 1);
}

TEST_CASE("with both, folded memory gains sixteen times, unfolded contiguous memory four") {
    check_knees(Contiguity::HintCoalesce4, kFolded, 16);
    check_knees(Contiguity::HintCoalesce4, kContiguousFrames, 4);
    check_knees(Contiguity::HintCoalesce4, kScattered, 1);
}

TEST_CASE("aggregation of two and eight pages moves the knees accordingly") {
    check_knees(Contiguity::Coalesce2, kContiguousFrames, 2);
    check_knees(Contiguity::Coalesce8, kContiguousFrames, 8);
}

TEST_CASE("table pointers in the L2 TLB cost it entries once it is full") {
    mmu::MmuConfig config = without_prefetch();
    config.contiguous = Contiguity::Ignore;
    const auto refills = [&](mmu::WalkCache cache) {
        config.walk_cache = cache;
        Fixture f{config};
        f.low.map_pages(kVa, kRam, 1280, kUserPage);
        for (unsigned round = 0; round < 4; ++round)
            for (u64 i = 0; i < 1280; ++i) f.touch(kVa + i * 0x1000);
        return f.count(Event::L2D_TLB_REFILL);
    };
    CHECK(refills(mmu::WalkCache::None) == 1280);
    CHECK(refills(mmu::WalkCache::L2Tlb) > 1280);
    CHECK(refills(mmu::WalkCache::L2Tlb) < 1380);
}
