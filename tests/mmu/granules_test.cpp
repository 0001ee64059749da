// Walks of all granules and input sizes through real tables, blocks and contiguous groups included.
#include "tests/mmu/support/identities.h"

using arch::Granule;
using namespace test;

namespace {

// TG0 and TxSZ for a lower half of another geometry; the upper half stays 4K.
u64 tcr_for(Granule granule, unsigned input_bits) {
    const u64 tg0 = granule == Granule::k4K ? 0 : granule == Granule::k64K ? 1 : 2;
    return (kTcr & ~u64{0xc03f}) | tg0 << 14 | (64 - input_bits);
}

struct Geometry {
    Granule granule;
    unsigned input_bits;
    unsigned steps;  // descriptors that a walk to a page reads
};

}  // namespace

TEST_CASE("a page is found in as many steps as granule and input size ask for") {
    const Geometry geometries[] = {{Granule::k4K, 48, 4},  {Granule::k4K, 39, 3},  {Granule::k4K, 36, 3}, {Granule::k4K, 30, 2},
                                   {Granule::k16K, 48, 4}, {Granule::k16K, 47, 3}, {Granule::k16K, 36, 2}, {Granule::k16K, 25, 1},
                                   {Granule::k64K, 48, 3}, {Granule::k64K, 42, 2}, {Granule::k64K, 29, 1}};
    for (const Geometry& g : geometries) {
        INFO("page shift " << arch::page_shift(g.granule) << ", " << g.input_bits << " bits");
        Fixture f{{}, tcr_for(g.granule, g.input_bits), g.granule, g.input_bits};
        const u64 va = (0x1234'5678'9abc & arch::low_mask(g.input_bits)) | 1;
        const u64 page = arch::align_down(va, arch::page_size(g.granule));
        f.low.map(page, kRam + 0x40'0000, kUserPage);
        CHECK(f.pa(va) == kRam + 0x40'0000 + (va - page));
        CHECK(f.record.step_count == g.steps);
        const u64 beyond = va | u64{1} << g.input_bits;
        CHECK(f.fault_of(f.load(beyond)) == FaultKind::Translation);
        CHECK(f.load(beyond).error().level == 0);
    }
}

TEST_CASE("128 contiguous 16K pages and 32 contiguous 64K pages are one 2M entry") {
    for (const auto& [granule, pages] : {std::pair{Granule::k16K, u64{128}}, {Granule::k64K, u64{32}}}) {
        Fixture f{{}, tcr_for(granule, 47), granule, 47};
        f.low.map_pages(0x7000'0000, kRam, pages, kUserPage | kContiguous);
        for (u64 i = 0; i < pages; ++i) {
            const u64 offset = i * arch::page_size(granule) + 0x123;
            CHECK(f.pa(0x7000'0000 + offset) == kRam + offset);
        }
        CHECK(f.count(Event::DTLB_WALK) == 1);
        CHECK(f.count(Event::SIM_L1D_HIT_2M) == pages - 1);
        require_identities(f);
    }
}

TEST_CASE("a contiguous group of every granule and level is one entry where the TLB can hold it, until a TLBI of any member") {
    struct Group {
        Granule granule;
        int level;
        u64 members;
    };
    constexpr u64 kVa = 0x40'0000'0000;
    constexpr u64 kPa = 0x80'0000'0000;
    for (const Group& g : {Group{Granule::k4K, 3, 16}, Group{Granule::k4K, 2, 16}, Group{Granule::k4K, 1, 16}, Group{Granule::k16K, 3, 128},
                           Group{Granule::k16K, 2, 32}, Group{Granule::k64K, 3, 32}, Group{Granule::k64K, 2, 32}}) {
        const u64 size = arch::level_size(g.granule, g.level);
        INFO(g.members << " leaves of " << size << " bytes");
        for (const auto contiguous : {mmu::Contiguity::Ignore, mmu::Contiguity::Hint}) {
            mmu::MmuConfig config = without_prefetch();
            config.contiguous = contiguous;
            constexpr const char* kEverySize = "4K,16K,64K,2M,32M,512M,1G,16G";
            config.l1d_tlb = {256, 0, kEverySize};
            config.l2_tlb = {1024, 0, kEverySize};
            Fixture f{config, tcr_for(g.granule, 47), g.granule, 47};
            for (u64 i = 0; i < g.members; ++i) f.low.map(kVa + i * size, kPa + i * size, kUserPage | kContiguous, g.level);
            f.low.map(kVa + g.members * size, kPa, kUserPage, g.level);  // the neighbour is another's

            for (u64 i = g.members; i-- > 0;) {
                CHECK(f.pa(kVa + i * size + 0x124) == kPa + i * size + 0x124);
                CHECK(f.pa(kVa + (i + 1) * size - 4) == kPa + (i + 1) * size - 4);
            }
            CHECK(f.pa(kVa + g.members * size) == kPa);
            const bool joined = contiguous == mmu::Contiguity::Hint;
            CHECK(f.count(Event::DTLB_WALK) == (joined ? 2 : g.members + 1));
            (void)f.tlbi_va(kVa + (g.members / 2) * size);
            f.touch(kVa);
            CHECK(f.record.source == (joined ? Source::Walk : Source::L1Hit));
        }
    }
}

TEST_CASE("larger granules aggregate four of their pages") {
    for (const auto granule : {Granule::k16K, Granule::k64K}) {
        Fixture f{{}, tcr_for(granule, 47), granule, 47};
        const u64 size = arch::page_size(granule);
        f.low.map_pages(0x7000'0000, kRam, 8, kUserPage);
        for (u64 i = 0; i < 8; ++i) CHECK(f.pa(0x7000'0000 + i * size + 8) == kRam + i * size + 8);
        CHECK(f.count(Event::DTLB_WALK) == 2);
        CHECK(f.record.reach_shift == arch::page_shift(granule) + 2);
    }
}

TEST_CASE("blocks of 32M, 512M and 1G translate") {
    struct Case {
        Granule granule;
        int level;
        u64 size;
    };
    for (const Case& c : {Case{Granule::k16K, 2, 0x200'0000}, {Granule::k64K, 2, 0x2000'0000}, {Granule::k4K, 1, 0x4000'0000},
                          {Granule::k4K, 2, 0x20'0000}}) {
        Fixture f{{}, tcr_for(c.granule, 47), c.granule, 47};
        const u64 va = 0x40'0000'0000;
        f.low.map(va, 0x80'0000'0000, kUserPage, c.level);
        CHECK(f.pa(va + c.size - 4) == 0x80'0000'0000 + c.size - 4);
        CHECK_FALSE(f.load(va + c.size).ok());
    }
}

TEST_CASE("a TLB without a page's size holds it in smaller pieces") {
    mmu::MmuConfig config;
    config.l1d_tlb = {48, 0, "4K"};
    Fixture f{config, tcr_for(Granule::k64K, 48), Granule::k64K, 48};
    f.low.map(0x1'0000, kRam, kUserPage);
    CHECK(f.pa(0x1'f123) == kRam + 0xf123);
    CHECK(f.record.reach_shift == 12);
    CHECK(f.pa(0x1'0123) == kRam + 0x123);
    CHECK(f.record.source == Source::L2Hit);
    // One page TLBI removes every piece of it.
    arch::TlbInvalidation t;
    t.scope = arch::TlbInvalidation::Scope::VaAsid;
    t.asid = 1;
    t.va = 0x1'0000;
    t.bytes = 0x1'0000;
    t.last_level_only = true;
    t.granule = Granule::k64K;
    CHECK(f.unit.invalidate(t) == 3);
}
