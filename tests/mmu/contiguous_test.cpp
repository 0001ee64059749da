// The Contiguous bit, and reaches that a TLB has to hold in pieces.
#include "mmu/walk/contiguous.h"

#include "tests/mmu/support/identities.h"

using arch::Granule;
using mmu::Contiguity;
using namespace test;

namespace {

mmu::MmuConfig with(Contiguity contiguous) {
    mmu::MmuConfig config = without_prefetch();
    config.contiguous = contiguous;
    return config;
}

constexpr u64 kBlock = 0x7fae'e0d1'0000;  // 64K aligned

void map_folded(Fixture& f, u64 va, u64 pa) { f.low.map_pages(va, pa, 16, kUserPage | kContiguous); }

}  // namespace

TEST_CASE("one walk of a contiguous group serves all its pages") {
    Fixture f{with(Contiguity::Hint)};
    map_folded(f, kBlock, kRam);
    for (u64 i = 0; i < 16; ++i) CHECK(f.pa(kBlock + i * 0x1000 + 8) == kRam + i * 0x1000 + 8);
    CHECK(f.count(Event::DTLB_WALK) == 1);
    CHECK(f.count(Event::SIM_WALK_CONTIGUOUS) == 1);
    CHECK(f.count(Event::SIM_L1D_HIT_64K) == 15);
    CHECK(f.record.reach_shift == 16);
    require_identities(f);
}

TEST_CASE("with the hint ignored each page of the group walks") {
    Fixture f{with(Contiguity::Ignore)};
    map_folded(f, kBlock, kRam);
    for (u64 i = 0; i < 16; ++i) f.touch(kBlock + i * 0x1000);
    CHECK(f.count(Event::DTLB_WALK) == 16);
    CHECK(f.count(Event::SIM_WALK_CONTIGUOUS) == 16);
    CHECK(f.record.reach_shift == 12);
}

TEST_CASE("only one descriptor of the group is read, so a sibling's change stays unseen until the entry goes") {
    Fixture f{with(Contiguity::Hint)};
    map_folded(f, kBlock, kRam);
    f.touch(kBlock);
    f.low.unmap(kBlock + 0x5000);
    CHECK(f.pa(kBlock + 0x5000) == kRam + 0x5000);
    CHECK(f.tlbi_va(kBlock) == 5);  // by another page of the group: the entry in L1 and L2, three table pointers
    CHECK(f.fault_of(f.load(kBlock + 0x5000)) == FaultKind::Translation);
    CHECK(f.load(kBlock).ok());
}

TEST_CASE("a group whose frames are not aligned like its pages translates page by page") {
    Fixture f{with(Contiguity::Hint)};
    map_folded(f, kBlock, kRam + 0x3000);
    CHECK(f.pa(kBlock) == kRam + 0x3000);
    CHECK(f.pa(kBlock + 0xf000) == kRam + 0x12000);
    CHECK(f.record.reach_shift == 12);
}

TEST_CASE("reach follows granule and level") {
    using mmu::contiguous_reach;
    const arch::Descriptor leaf{kUserPage | kContiguous};
    CHECK(contiguous_reach(leaf, Granule::k4K, 3, 0, true) == 16);
    CHECK(contiguous_reach(leaf, Granule::k4K, 2, 0, true) == 25);
    CHECK(contiguous_reach(leaf, Granule::k4K, 1, 0, true) == 34);
    CHECK(contiguous_reach(leaf, Granule::k16K, 3, 0, true) == 21);
    CHECK(contiguous_reach(leaf, Granule::k16K, 2, 0, true) == 30);
    CHECK(contiguous_reach(leaf, Granule::k64K, 3, 0, true) == 21);
    CHECK(contiguous_reach(leaf, Granule::k64K, 2, 0, true) == 34);
    CHECK(contiguous_reach(leaf, Granule::k4K, 3, 0, false) == 12);
}

TEST_CASE("a contiguous group of 2M blocks is one 32M entry in L2 and L1I, and 2M pieces in L1D") {
    Fixture f;  // Neoverse N1
    constexpr u64 kVa = 0x4000'0000'0000;
    for (u64 i = 0; i < 16; ++i)
        f.low.map(kVa + (i << 21), 0x8000'0000 + (i << 21), 0x0000'0000'0000'0fc3 | kContiguous, 2);
    CHECK(f.pa(kVa + 0x12345) == 0x8001'2345);
    CHECK(f.record.reach_shift == 21);
    CHECK(f.pa(kVa + (5 << 21)) == 0x8000'0000 + (5 << 21));
    CHECK(f.record.source == Source::L2Hit);
    CHECK(f.count(Event::DTLB_WALK) == 1);
    REQUIRE(f.fetch(kVa + (9 << 21)).ok());
    CHECK(f.record.source == Source::L2Hit);
    CHECK(f.record.reach_shift == 25);
    REQUIRE(f.fetch(kVa).ok());
    CHECK(f.record.source == Source::L1Hit);
}

TEST_CASE("a TLBI inside a block removes all its pieces") {
    Fixture f;
    constexpr u64 kVa = 0x40'0000'0000;
    f.low.map(kVa, 0x8000'0000, kUserPage, 1);  // 1G: in L1D two pieces of 512M
    f.touch(kVa);
    f.touch(kVa + (u64{600} << 20));
    CHECK(f.record.source == Source::L2Hit);
    CHECK(f.record.reach_shift == 29);
    CHECK(f.tlbi_va(kVa + (u64{700} << 20)) == 4);  // two pieces, the 1G entry of L2, one table pointer
    f.touch(kVa);
    CHECK(f.record.source == Source::Walk);
}
