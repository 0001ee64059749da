// Descriptors of 52-bit layouts, where bits of the address lie elsewhere, and trees of four and five levels.
#include "tests/check/script.h"
#include "tests/support/catch.h"

using namespace test;

namespace {

using arch::AddressLayout;
using arch::Granule;

constexpr u64 kHigh = u64{0xf} << 48;  // bits 51:48 of an address

// Tables that lie above 48 bits, and their descriptors in the layout's own spelling; literal, without mmu/arch.
u64 in_ds(u64 pa) { return (pa & 0x0003'ffff'ffff'f000) | (pa >> 50 & 3) << 8; }
u64 in_lpa(u64 pa) { return (pa & 0x0000'ffff'ffff'0000) | (pa >> 48 & 15) << 12; }

constexpr u64 kLeaf = 0x0060'0000'0000'0c43;       // page, AttrIndx 0, AF, nG, EL0, bits 9:8 clear; PXN, UXN
constexpr u64 kShareable = 0x300;                  // where the layout has SH
constexpr u64 kBlockBit = 2;

// One tree with one table at each level from `start` on, in entry 0 but for the first (entry 1); above 48 bits where it can be.
struct LargeScript : Script {
    LargeScript(Granule granule, AddressLayout layout, unsigned input_bits, int start) : first{start}, high{layout == AddressLayout::Bits48 ? 0 : kHigh} {
        const auto spelled = [layout](u64 pa) { return layout == AddressLayout::Bits52Lpa ? in_lpa(pa) : in_ds(pa); };
        for (int level = start; level < 3; ++level) put(slot(level), spelled(table(level + 1)) | 3);
        regime.root[0] = {table(start), {granule, layout}, input_bits, start, false, true};
        const unsigned shift = arch::level_shift(granule, start);
        va = u64{1} << shift;
    }
    [[nodiscard]] u64 table(int level) const { return high | (0x4000'0000 + 0x1'0000 * static_cast<u64>(level + 1)); }
    [[nodiscard]] u64 slot(int level) const { return table(level) + (level == first ? 8 : 0); }
    // Break and make of the descriptor at `level`, without what lies between.
    [[nodiscard]] u64 errors_of(Rule rule, int level, u64 from, u64 to) {
        put(slot(level), from);
        begin();
        store(slot(level), to);
        return errors() == errors(rule) ? errors() : 99;
    }
    int first;
    u64 high;
    u64 va{0};
};

}  // namespace

TEST_CASE("five levels of tables above 48 bits are followed with 4K pages") {
    LargeScript s{Granule::k4K, AddressLayout::Bits52Ds, 52, -1};
    s.put(s.slot(3), in_ds(kFrame) | kLeaf);
    s.begin();
    for (int level = -1; level <= 3; ++level) CHECK(s.checker.watches(s.table(level)));
    CHECK(!s.checker.watches(s.table(3) & arch::low_mask(48)));
    s.store(s.slot(3), in_ds(kFrame + 4096) | kLeaf);
    REQUIRE(s.errors(Rule::BreakBeforeMake) == 1);
    CHECK(s.checker.findings().reports().front().va == s.va);
    CHECK(s.errors() == 1);
}

TEST_CASE("four levels of 52 bits with 16K pages, three with 64K, and bases of four with 4K") {
    struct Tree {
        Granule granule;
        AddressLayout layout;
        unsigned input_bits;
        int start;
        u64 page;
    };
    constexpr Tree kTrees[] = {{Granule::k16K, AddressLayout::Bits52Ds, 52, 0, 16384},
                               {Granule::k64K, AddressLayout::Bits52Lpa, 52, 1, 65536},
                               {Granule::k4K, AddressLayout::Bits52Ds, 48, 0, 4096}};
    for (const Tree& t : kTrees) {
        INFO(t.page);
        LargeScript s{t.granule, t.layout, t.input_bits, t.start};
        const auto spelled = [&t](u64 pa) { return t.layout == AddressLayout::Bits52Lpa ? in_lpa(pa) : in_ds(pa); };
        s.put(s.slot(3), spelled(kHigh | kFrame) | kLeaf);
        s.begin();
        for (int level = t.start; level <= 3; ++level) CHECK(s.checker.watches(s.table(level)));
        s.store(s.slot(3), 0);
        s.flush(s.va);
        s.store(s.slot(3), spelled(kHigh | (kFrame + t.page)) | kLeaf);
        CHECK(s.errors() == 0);
        s.store(s.slot(3), spelled(kFrame + t.page) | kLeaf);  // only the bits above 48
        CHECK(s.errors(Rule::BreakBeforeMake) == 1);
    }
}

TEST_CASE("with TCR_EL1.DS bits 9:8 are of the address: read-only pages of equal contents may move, which SH may not") {
    const u64 read_only = kLeaf | 0x80;
    LargeScript ds{Granule::k4K, AddressLayout::Bits52Ds, 52, -1};
    CHECK(ds.errors_of(Rule::BreakBeforeMake, 3, in_ds(kFrame) | read_only, in_ds(kHigh | kFrame) | read_only) == 0);
    LargeScript plain{Granule::k4K, AddressLayout::Bits48, 48, 0};
    CHECK(plain.errors_of(Rule::BreakBeforeMake, 3, kFrame | read_only, kFrame | read_only | kShareable) == 1);
}

TEST_CASE("blocks are where the layout has them: level 0 with 4K, level 1 with 16K and 64K") {
    struct Case {
        Granule granule;
        AddressLayout layout;
        unsigned input_bits;
        int start, level;
    };
    constexpr Case kCases[] = {{Granule::k4K, AddressLayout::Bits52Ds, 52, -1, 0},
                               {Granule::k16K, AddressLayout::Bits52Ds, 52, 0, 1},
                               {Granule::k64K, AddressLayout::Bits52Lpa, 52, 1, 1}};
    for (const Case& c : kCases) {
        LargeScript s{c.granule, c.layout, c.input_bits, c.start};
        const u64 table = c.layout == AddressLayout::Bits52Lpa ? in_lpa(s.table(c.level + 1)) : in_ds(s.table(c.level + 1));
        CHECK(s.errors_of(Rule::SizeChange, c.level, kLeaf & ~kBlockBit, table | 3) == 1);
    }
    // In a 48-bit tree of 4K pages there is no block of level 0: the descriptor was invalid.
    LargeScript plain{Granule::k4K, AddressLayout::Bits48, 48, 0};
    CHECK(plain.errors_of(Rule::SizeChange, 0, kLeaf & ~kBlockBit, plain.table(1) | 3) == 0);
}

TEST_CASE("a contiguous group agrees in all bits of its addresses, wherever they are") {
    using mmu::check::ChangeRules;
    using mmu::check::disagreement;
    const auto group_of = [](u64 (*spelled)(u64), u64 page, unsigned count) {
        std::vector<arch::Descriptor> group;
        for (unsigned i = 0; i < count; ++i) group.push_back({spelled(kHigh | (kFrame + i * page)) | kLeaf | kContiguous});
        return group;
    };
    struct Case {
        arch::TableFormat format;
        u64 (*spelled)(u64);
        u64 page;
        unsigned count;
        u64 address_bit;  // of 51:48, as spelled
    };
    const Case kCases[] = {{{Granule::k4K, AddressLayout::Bits52Ds}, in_ds, 4096, 16, 1 << 9},
                           {{Granule::k4K, AddressLayout::Bits52Ds}, in_ds, 4096, 16, u64{1} << 48},
                           {{Granule::k16K, AddressLayout::Bits52Ds}, in_ds, 16384, 128, 1 << 8},
                           {{Granule::k64K, AddressLayout::Bits52Lpa}, in_lpa, 65536, 32, 1 << 13}};
    for (const Case& c : kCases) {
        ChangeRules rules;
        rules.format = c.format;
        auto group = group_of(c.spelled, c.page, c.count);
        CHECK(disagreement(group, 3, rules) == -1);
        group[5].raw ^= c.address_bit;
        CHECK(disagreement(group, 3, rules) == 5);
    }
}

TEST_CASE("a freed page is known by its whole address") {
    for (const bool same : {false, true}) {
        LargeScript s{Granule::k4K, AddressLayout::Bits52Ds, 52, -1};
        s.put(s.slot(3), in_ds(kHigh | kFrame) | kLeaf);
        s.begin();
        s.store(s.slot(3), 0);
        s.checker.freed(same ? kHigh | kFrame : kFrame, 4096, s.site());
        s.to_user();
        CHECK(s.errors(Rule::FreedPage) == (same ? 1 : 0));
    }
}

TEST_CASE("a pointer to a table where no memory is costs nothing") {
    LargeScript s{Granule::k4K, AddressLayout::Bits52Ds, 52, -1};
    s.begin();
    const u64 nowhere = u64{0x7'0000'0000'0000};
    s.store(s.slot(2), in_ds(nowhere) | 3);
    CHECK(!s.checker.watches(nowhere));
    CHECK(s.errors(Rule::SizeChange) == 1);  // another table than before
    s.store(s.slot(2), 0);
    s.dsb_ishst();
    s.tlbi(Script::by_asid(7));
    s.dsb_ish();
    CHECK(s.errors() == 1);
}
