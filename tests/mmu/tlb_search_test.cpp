// A TLB finds its entries through buckets; here every entry is looked at instead, and both must agree.
#include "mmu/tlb/tlb.h"

#include <bit>

#include "mmu/tlb/invalidation.h"
#include "tests/support/catch.h"

using arch::u16;
using arch::u64;
using arch::u8;
using mmu::Tlb;
using mmu::TlbEntry;
using Kind = TlbEntry::Kind;
using Scope = arch::TlbInvalidation::Scope;

namespace {

constexpr u64 kUpper = 0xffff'0000'0000'0000;
constexpr u64 kBlock = u64{1} << 30;

class Random {
public:
    explicit Random(u64 seed) : state_{seed} {}
    u64 below(u64 bound) {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return (state_ >> 33) % bound;
    }
    bool one_in(u64 n) { return below(n) == 0; }
    // Few pages, in both halves and in several blocks.
    u64 address() { return (one_in(2) ? kUpper : 0) | (below(3) * kBlock + below(64) * 0x1000); }
    u16 asid() { return static_cast<u16>(1 + below(3)); }

private:
    u64 state_;
};

// Pages, aggregated groups, blocks, pieces of blocks and table pointers.
TlbEntry random_entry(Random& r) {
    constexpr unsigned kReaches[] = {12, 14, 16, 21, 29};
    const unsigned reach = kReaches[r.below(std::size(kReaches))];
    TlbEntry e;
    e.kind = reach >= 21 && r.one_in(4) ? Kind::Table : Kind::Leaf;
    e.va = arch::align_down(r.address(), u64{1} << reach);
    e.reach_shift = e.page_shift = e.leaf_shift = static_cast<u8>(reach);
    e.global = e.kind == Kind::Leaf && r.one_in(3);
    e.asid = e.global ? u16{0} : r.asid();
    e.level = reach < 21 ? 3 : reach == 21 ? 2 : 1;
    if (reach == 29) e.leaf_shift = 30;
    if (reach == 14) {
        e.page_shift = e.leaf_shift = 12;
        e.valid_pages = static_cast<u8>(1 + r.below(15));
    }
    return e;
}

arch::TlbInvalidation random_tlbi(Random& r) {
    arch::TlbInvalidation t;
    t.scope = r.one_in(8) ? Scope::Asid : r.one_in(2) ? Scope::VaAsid : Scope::VaAllAsids;
    t.va = r.address();
    t.bytes = u64{0x1000} << r.below(10);
    t.asid = r.asid();
    t.last_level_only = r.one_in(2);
    return t;
}

bool serves(const TlbEntry& e, u64 va, u16 asid) {
    return e.kind == Kind::Leaf && (va ^ e.va) >> e.reach_shift == 0 && (e.global || e.asid == asid) && e.holds_page_of(va);
}

// Reach of the smallest live entry that serves `va`; 0: none.
unsigned smallest_reach(const Tlb& tlb, u64 va, u16 asid) {
    unsigned smallest = 0;
    for (unsigned slot = 0; slot < tlb.size(); ++slot) {
        if (!tlb.is_live(slot) || !serves(tlb.entry(slot), va, asid)) continue;
        const unsigned reach = tlb.entry(slot).reach_shift;
        if (smallest == 0 || reach < smallest) smallest = reach;
    }
    return smallest;
}

void fill(Tlb& tlb, Random& r) {
    for (unsigned i = 0; i < 24; ++i) {
        const TlbEntry e = random_entry(r);
        const unsigned found = e.kind == Kind::Table ? tlb.find_table(e.va, e.asid, e.reach_shift) : tlb.find(e.va, e.asid);
        if (found == Tlb::kNone) tlb.insert(e);
    }
}

// Valid bits (by address) or entries that `tlbi` takes from the slot.
unsigned taken(const Tlb& tlb, unsigned slot, const arch::TlbInvalidation& tlbi) {
    if (!tlb.is_live(slot) || !mmu::matches(tlbi, tlb.entry(slot))) return 0;
    return mmu::is_by_address(tlbi) ? static_cast<unsigned>(std::popcount(mmu::pages_hit(tlbi, tlb.entry(slot)))) : 1;
}

bool stays(const Tlb& tlb, unsigned slot, const arch::TlbInvalidation& tlbi) {
    if (!tlb.is_live(slot) || !mmu::matches(tlbi, tlb.entry(slot))) return tlb.is_live(slot);
    return (tlb.entry(slot).valid_pages & ~unsigned{mmu::pages_hit(tlbi, tlb.entry(slot))}) != 0;
}

Tlb some_tlb() { return Tlb{{32, 0, "4K,16K,64K,2M,512M"}, mmu::Replacement::Lru, 1}; }

}  // namespace

TEST_CASE("a search finds the smallest entry that serves an address") {
    Random r{5};
    unsigned hits = 0, misses = 0;
    for (unsigned round = 0; round < 2000; ++round) {
        Tlb tlb = some_tlb();
        fill(tlb, r);
        for (unsigned i = 0; i < 20; ++i) {
            const u64 va = r.address() + r.below(0x1000);
            const u16 asid = r.asid();
            const unsigned slot = tlb.find(va, asid);
            const unsigned expected = smallest_reach(tlb, va, asid);
            REQUIRE((slot == Tlb::kNone ? 0 : unsigned{tlb.entry(slot).reach_shift}) == expected);
            if (slot != Tlb::kNone) REQUIRE(serves(tlb.entry(slot), va, asid));
            ++(slot == Tlb::kNone ? misses : hits);
        }
    }
    CHECK(hits > 5000);
    CHECK(misses > 5000);
}

TEST_CASE("a TLB removes the entries that the predicate names, and no others") {
    Random r{7};
    u64 removed = 0, kept = 0;
    for (unsigned round = 0; round < 4000; ++round) {
        Tlb tlb = some_tlb();
        fill(tlb, r);
        const auto tlbi = random_tlbi(r);
        unsigned expected = 0;
        std::vector<bool> live_after(tlb.size());
        for (unsigned slot = 0; slot < tlb.size(); ++slot) {
            expected += taken(tlb, slot, tlbi);
            live_after[slot] = stays(tlb, slot, tlbi);
        }
        REQUIRE(tlb.invalidate(tlbi) == expected);
        for (unsigned slot = 0; slot < tlb.size(); ++slot) REQUIRE(tlb.is_live(slot) == live_after[slot]);
        removed += expected;
        kept += tlb.live();
    }
    CHECK(removed > 4000);
    CHECK(kept > 4000);
}
