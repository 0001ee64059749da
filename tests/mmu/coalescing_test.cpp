// Hardware page aggregation: neighbours that happen to be contiguous share an entry.
#include "mmu/tlb/coalescing.h"

#include <bit>

#include "tests/mmu/support/identities.h"

using mmu::Contiguity;
using namespace test;

namespace {

mmu::MmuConfig with(Contiguity contiguous) {
    mmu::MmuConfig config = without_prefetch();
    config.contiguous = contiguous;
    return config;
}

constexpr u64 kVa = 0x7f00'0001'0000;

// Walks that loads of the first `pages` pages at kVa need.
u64 walks(Fixture& f, u64 pages) {
    const u64 before = f.count(Event::DTLB_WALK);
    for (u64 i = 0; i < pages; ++i) f.touch(kVa + i * 0x1000);
    return f.count(Event::DTLB_WALK) - before;
}

}  // namespace

TEST_CASE("four contiguous pages share one entry without the Contiguous bit") {
    Fixture f{with(Contiguity::Coalesce4)};
    f.low.map_pages(kVa, kRam, 8, kUserPage);
    for (u64 i = 0; i < 8; ++i) CHECK(f.pa(kVa + i * 0x1000 + 4) == kRam + i * 0x1000 + 4);
    CHECK(f.count(Event::DTLB_WALK) == 2);
    CHECK(f.count(Event::SIM_FILL_COALESCED) == 2);
    CHECK(f.count(Event::SIM_L1D_HIT_16K) == 6);
    CHECK(f.record.reach_shift == 14);
    require_identities(f);
}

TEST_CASE("aggregation holds as many pages as the mode says") {
    for (const auto& [mode, expected] : {std::pair{Contiguity::Ignore, 16u}, {Contiguity::Hint, 16u},
                                         {Contiguity::Coalesce2, 8u}, {Contiguity::Coalesce4, 4u},
                                         {Contiguity::Coalesce8, 2u}, {Contiguity::HintCoalesce8, 2u}}) {
        Fixture f{with(mode)};
        f.low.map_pages(kVa, kRam, 16, kUserPage);
        CHECK(walks(f, 16) == expected);
    }
}

TEST_CASE("with hint and aggregation the Contiguous bit wins where it is set") {
    Fixture f{with(Contiguity::HintCoalesce4)};
    f.low.map_pages(kVa, kRam, 16, kUserPage | kContiguous);
    CHECK(walks(f, 16) == 1);
    CHECK(f.record.reach_shift == 16);
    CHECK(f.count(Event::SIM_FILL_COALESCED) == 0);
}

TEST_CASE("pages that differ in frame order, rights, dirtiness or access flag stay apart") {
    struct Case {
        const char* name;
        u64 pa;
        u64 attributes;
        u64 expected_walks;
    };
    const Case cases[] = {
        {"continues", kRam + 0x1000, kUserPage, 1},
        {"another frame", kRam + 0x9000, kUserPage, 2},
        {"read only", kRam + 0x1000, kUserReadOnly, 2},
        {"clean", kRam + 0x1000, kUserClean, 2},
        {"not accessed yet", kRam + 0x1000, kUserPage & ~kAccessFlag, 1},  // the second load faults, without an entry
        {"global", kRam + 0x1000, kUserPage & ~u64{0x800}, 2},
        {"software bits only", kRam + 0x1000, kUserPage | u64{1} << 55, 1},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Fixture f{with(Contiguity::Coalesce4)};
        f.low.map(kVa, kRam, kUserPage);
        f.low.map(kVa + 0x1000, c.pa, c.attributes);
        f.touch(kVa);
        const auto aggregated = f.count(Event::SIM_FILL_COALESCED);
        CHECK(aggregated == ((c.attributes | u64{1} << 55) == (kUserPage | u64{1} << 55) && c.pa == kRam + 0x1000 ? 1 : 0));
        const bool faults = (c.attributes & kAccessFlag) == 0;
        CHECK(f.load(kVa + 0x1000).ok() == !faults);
        CHECK(f.count(Event::DTLB_WALK) == c.expected_walks + (faults ? 1 : 0));
    }
}

TEST_CASE("frames that continue but are not aligned like their pages are not aggregated") {
    Fixture f{with(Contiguity::Coalesce4)};
    f.low.map_pages(kVa, kRam + 0x1000, 4, kUserPage);
    CHECK(walks(f, 4) == 4);
}

TEST_CASE("an entry is widened when later walks find more of its group") {
    Fixture f{with(Contiguity::Coalesce4)};
    f.low.map_pages(kVa, kRam, 2, kUserPage);
    CHECK(walks(f, 2) == 1);
    f.low.map_pages(kVa + 0x2000, kRam + 0x2000, 2, kUserPage);  // invalid to valid needs no TLBI
    CHECK(walks(f, 4) == 1);
    CHECK(f.unit.invalidate({}) == 5);  // one entry in each level, three table pointers
}

TEST_CASE("a single page's entry is swallowed when its group is aggregated") {
    Fixture f{with(Contiguity::Coalesce4)};
    f.low.map(kVa, kRam, kUserPage);
    f.touch(kVa);
    CHECK(f.record.reach_shift == 12);
    f.low.map(kVa + 0x1000, kRam + 0x1000, kUserPage);
    f.touch(kVa + 0x1000);
    CHECK(f.record.reach_shift == 14);
    f.touch(kVa);
    CHECK(f.record.source == Source::L1Hit);
    CHECK(f.record.reach_shift == 14);
    CHECK(f.unit.invalidate({}) == 5);
}

TEST_CASE("a page TLBI clears one valid bit of an aggregated entry") {
    Fixture f{with(Contiguity::Coalesce4)};
    f.low.map_pages(kVa, kRam, 4, kUserPage);
    f.touch(kVa);
    arch::TlbInvalidation tlbi;
    tlbi.scope = arch::TlbInvalidation::Scope::VaAsid;
    tlbi.last_level_only = true;
    tlbi.asid = 1;
    tlbi.va = kVa + 0x2000;
    tlbi.bytes = 0x1000;
    CHECK(f.unit.invalidate(tlbi) == 2);  // one bit in each level
    f.touch(kVa + 0x1000);
    CHECK(f.record.source == Source::L1Hit);
    f.touch(kVa + 0x3000);
    CHECK(f.record.source == Source::L1Hit);
    f.touch(kVa + 0x2000);
    CHECK(f.record.source == Source::Walk);
}

TEST_CASE("another frame behind a cleared valid bit replaces the group's entry, and the others walk again") {
    Fixture f{with(Contiguity::Coalesce4)};
    f.low.map_pages(kVa, kRam, 4, kUserPage);
    f.touch(kVa);
    f.low.unmap(kVa + 0x2000);
    CHECK(f.tlbi_va(kVa + 0x2000) > 0);
    f.low.map(kVa + 0x2000, kRam + 0x2'0000, kUserPage);
    CHECK(f.pa(kVa + 0x2000) == kRam + 0x2'0000);
    CHECK(f.record.reach_shift == 12);
    CHECK(f.pa(kVa + 0x3000) == kRam + 0x3000);
    CHECK(f.record.source == Source::L1Hit);
}

TEST_CASE("dirty state is kept by page in an aggregated entry") {
    Fixture f{with(Contiguity::Coalesce4), kTcr | kTcrHa | kTcrHd};
    f.low.map_pages(kVa, kRam, 4, kUserClean);
    f.touch(kVa);
    REQUIRE(f.store(kVa + 0x1000).ok());
    CHECK(f.record.source == Source::L1Hit);
    CHECK(f.count(Event::DTLB_HWUPD) == 1);
    CHECK((f.memory.get(f.low.slot(kVa + 0x1000)) & kReadOnly) == 0);
    CHECK((f.memory.get(f.low.slot(kVa)) & kReadOnly) != 0);
    REQUIRE(f.store(kVa + 0x1000).ok());
    CHECK(f.count(Event::DTLB_HWUPD) == 1);
    REQUIRE(f.store(kVa + 0x3000).ok());
    CHECK(f.count(Event::DTLB_HWUPD) == 2);
}
