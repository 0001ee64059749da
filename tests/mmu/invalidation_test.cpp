// The predicate behind every TLBI, and that stale translations are real until one comes.
#include "mmu/tlb/invalidation.h"

#include "tests/mmu/support/identities.h"

using arch::TlbInvalidation;
using mmu::TlbEntry;
using Scope = TlbInvalidation::Scope;
using namespace test;

namespace {

TlbEntry leaf(u64 va, unsigned reach, unsigned level = 3) {
    TlbEntry e;
    e.kind = TlbEntry::Kind::Leaf;
    e.va = va;
    e.asid = 7;
    e.level = static_cast<u8>(level);
    e.reach_shift = e.page_shift = e.leaf_shift = static_cast<u8>(reach);
    return e;
}
TlbEntry global(TlbEntry e) {
    e.global = true;
    e.asid = 0;
    return e;
}
TlbEntry table(u64 va, unsigned reach) {
    TlbEntry e = leaf(va, reach);
    e.kind = TlbEntry::Kind::Table;
    return e;
}
TlbEntry aggregated(u64 va, u8 valid) {
    TlbEntry e = leaf(va, 12);
    e.reach_shift = 14;
    e.valid_pages = valid;
    return e;
}
TlbInvalidation by_va(Scope scope, u64 va, u64 bytes = 0x1000, u64 asid = 7) {
    TlbInvalidation t;
    t.scope = scope;
    t.va = va;
    t.bytes = bytes;
    t.asid = static_cast<arch::u16>(asid);
    return t;
}
TlbInvalidation by_asid(u64 asid) {
    TlbInvalidation t;
    t.scope = Scope::Asid;
    t.asid = static_cast<arch::u16>(asid);
    return t;
}

}  // namespace

TEST_CASE("each scope chooses by ASID and global as the manual says") {
    const TlbEntry own = leaf(0x1000, 12), shared = global(leaf(0x1000, 12));
    CHECK(matches({}, own));
    CHECK(matches({}, shared));
    CHECK(matches({}, table(0, 21)));
    CHECK(matches(by_asid(7), own));
    CHECK_FALSE(matches(by_asid(8), own));
    CHECK_FALSE(matches(by_asid(0), shared));
    CHECK(matches(by_asid(7), table(0, 21)));
    CHECK(matches(by_va(Scope::VaAsid, 0x1000), own));
    CHECK_FALSE(matches(by_va(Scope::VaAsid, 0x1000, 0x1000, 8), own));
    CHECK(matches(by_va(Scope::VaAsid, 0x1000, 0x1000, 8), shared));
    CHECK(matches(by_va(Scope::VaAllAsids, 0x1000, 0x1000, 8), own));
    CHECK(matches(by_va(Scope::VaAllAsids, 0x1000, 0x1000, 8), shared));
    CHECK_FALSE(matches({}, TlbEntry{}));
}

TEST_CASE("a page matches the entry that reaches it, whatever the reach") {
    CHECK_FALSE(matches(by_va(Scope::VaAsid, 0x2000), leaf(0x1000, 12)));
    CHECK(matches(by_va(Scope::VaAsid, 0x1'f000), leaf(0x1'0000, 16)));
    CHECK_FALSE(matches(by_va(Scope::VaAsid, 0x2'0000), leaf(0x1'0000, 16)));
    CHECK(matches(by_va(Scope::VaAsid, 0x3f'f000), leaf(0x20'0000, 21, 2)));
    CHECK(matches(by_va(Scope::VaAllAsids, 0xffff'8000'0000'1000), global(leaf(0xffff'8000'0000'1000, 12))));
    CHECK_FALSE(matches(by_va(Scope::VaAllAsids, 0x0000'8000'0000'1000), global(leaf(0xffff'8000'0000'1000, 12))));
}

TEST_CASE("a piece of a block matches wherever in the block the operation points") {
    TlbEntry piece = leaf(0x4000'0000, 29, 1);
    piece.leaf_shift = 30;
    CHECK(matches(by_va(Scope::VaAsid, 0x7fff'f000), piece));
    CHECK_FALSE(matches(by_va(Scope::VaAsid, 0x8000'0000), piece));
}

TEST_CASE("a range matches what it meets, from first to last byte") {
    const auto range = by_va(Scope::VaAsid, 0x1'0000, 0x1'0000);
    CHECK(matches(range, leaf(0x1'0000, 12)));
    CHECK(matches(range, leaf(0x1'f000, 12)));
    CHECK_FALSE(matches(range, leaf(0x2'0000, 12)));
    CHECK_FALSE(matches(range, leaf(0xf000, 12)));
    CHECK(matches(range, leaf(0, 21, 2)));
    CHECK(matches(by_va(Scope::VaAsid, 0, u64{1} << 40), leaf(0x1'0000, 16)));
}

TEST_CASE("a level hint that is not the entry's level leaves the entry") {
    auto hinted = by_va(Scope::VaAsid, 0x1000);
    hinted.ttl_level = 3;
    CHECK(matches(hinted, leaf(0x1000, 12)));
    CHECK_FALSE(matches(hinted, leaf(0, 21, 2)));
    hinted.ttl_level = 2;
    CHECK_FALSE(matches(hinted, leaf(0x1000, 12)));
    CHECK(matches(hinted, leaf(0, 21, 2)));
    CHECK(matches(hinted, table(0, 21)));
}

TEST_CASE("last-level operations keep table pointers, others drop those that cover the address") {
    auto op = by_va(Scope::VaAsid, 0x1000);
    CHECK(matches(op, table(0, 21)));
    CHECK(matches(op, table(0, 39)));
    CHECK_FALSE(matches(op, table(0x20'0000, 21)));
    op.last_level_only = true;
    CHECK_FALSE(matches(op, table(0, 21)));
    CHECK(matches(op, leaf(0x1000, 12)));
}

TEST_CASE("an aggregated entry loses the pages that the operation covers") {
    CHECK(pages_hit(by_va(Scope::VaAsid, 0x6000), aggregated(0x4000, 0xf)) == 0b0100);
    CHECK(pages_hit(by_va(Scope::VaAsid, 0x5000, 0x2000), aggregated(0x4000, 0xf)) == 0b0110);
    CHECK(pages_hit(by_va(Scope::VaAsid, 0x5000, 0x2000), aggregated(0x4000, 0b0011)) == 0b0010);
    CHECK(pages_hit(by_va(Scope::VaAsid, 0, 0x10000), aggregated(0x4000, 0xf)) == 0b1111);
    CHECK(pages_hit(by_asid(7), aggregated(0x4000, 0b0101)) == 0b0101);
    CHECK_FALSE(matches(by_va(Scope::VaAsid, 0x6000), aggregated(0x4000, 0b0011)));
}

TEST_CASE("a translation stays in use after its descriptor has changed, until a TLBI") {
    Fixture f;
    f.low.map(0x1000, kRam, kUserPage);
    REQUIRE(f.pa(0x1000) == kRam);
    f.low.map(0x1000, kRam + 0x5000, kUserPage);
    CHECK(f.pa(0x1000) == kRam);
    f.low.unmap(0x1000);
    CHECK(f.pa(0x1000) == kRam);
    u8* const host = f.unit.host_tlb[0].read(0x1000, 8);
    REQUIRE(host != nullptr);
    CHECK(f.memory.pa_of(host) == kRam);
    CHECK(f.tlbi_va(0x1000) > 0);
    CHECK(f.unit.host_tlb[0].read(0x1000, 8) == nullptr);
    CHECK(f.fault_of(f.load(0x1000)) == FaultKind::Translation);
}

TEST_CASE("stale rights fault from the TLB without a walk, until a TLBI") {
    Fixture f;
    f.low.map(0x1000, kRam, kUserReadOnly);
    f.touch(0x1000);
    f.low.map(0x1000, kRam, kUserPage);
    CHECK(f.fault_of(f.store(0x1000)) == FaultKind::Permission);
    CHECK(f.record.source == Source::L1Hit);
    CHECK(f.record.step_count == 0);
    CHECK(f.count(Event::DTLB_WALK) == 1);
    CHECK(f.tlbi_va(0x1000) > 0);
    CHECK(f.store(0x1000).ok());
    require_identities(f);
}

TEST_CASE("a TLBI of another ASID or page leaves the translation alone") {
    Fixture f;
    f.low.map(0x1000, kRam, kUserPage);
    f.touch(0x1000);
    CHECK(f.tlbi_va(0x1000, 4096, 2) == 0);
    f.touch(0x1000);
    CHECK(f.record.source == Source::L1Hit);
    // Another page of the same 2M: only the table pointers go.
    CHECK(f.tlbi_va(0x3000) == 3);
    f.touch(0x1000);
    CHECK(f.record.source == Source::L1Hit);
}

TEST_CASE("after a last-level TLBI the walk reads one descriptor, after any other all four") {
    Fixture f;
    f.low.map(0x1000, kRam, kUserPage);
    f.touch(0x1000);
    CHECK(f.record.step_count == 4);
    CHECK_FALSE(f.record.walk_cache_hit);
    auto last_level = by_va(Scope::VaAsid, 0x1000, 0x1000, 1);
    last_level.last_level_only = true;
    CHECK(f.unit.invalidate(last_level) == 2);
    f.touch(0x1000);
    CHECK(f.record.step_count == 1);
    CHECK(f.record.walk_cache_hit);
    CHECK(f.count(Event::SIM_WALK_CACHE_HIT) == 1);
    CHECK(f.tlbi_va(0x1000) == 5);
    f.touch(0x1000);
    CHECK(f.record.step_count == 4);
}

TEST_CASE("table pointers can be stale too") {
    Fixture f;
    f.low.map(0x1000, kRam, kUserPage);
    f.touch(0x1000);
    f.low.map(0x2000, kRam + 0x2000, kUserPage);
    f.memory.put(f.low.slot(0x2000, 2), 0);  // detach the last-level table
    CHECK(f.pa(0x2000) == kRam + 0x2000);
    CHECK(f.tlbi_va(0x2000) > 0);
    CHECK(f.fault_of(f.load(0x2000)) == FaultKind::Translation);
}

TEST_CASE("TLBI of everything removes all, and memos with it") {
    Fixture f;
    f.low.map_pages(0x10'0000, kRam, 64, kUserPage);
    for (u64 i = 0; i < 64; ++i) f.touch(0x10'0000 + i * 0x1000);
    CHECK(f.tlbi_all() > 0);
    CHECK(f.tlbi_all() == 0);
    for (u64 i = 0; i < 64; ++i) CHECK(f.unit.host_tlb[0].read(0x10'0000 + i * 0x1000, 8) == nullptr);
    f.touch(0x10'0000);
    CHECK(f.record.source == Source::Walk);
    CHECK(f.record.step_count == 4);
}

TEST_CASE("TLBI of everything keeps working beyond the width of its generation count") {
    mmu::MmuConfig config;
    config.l1d_tlb = {8, 2, "4K"};
    config.l2_tlb = {16, 2, "4K"};
    Fixture f{config};
    f.low.map(0x1000, kRam, kUserPage);
    for (unsigned i = 0; i < 70000; ++i) {
        f.touch(0x1000);
        if (f.record.source != Source::Walk) FAIL("a translation survived TLBI number " << i);
        static_cast<void>(f.tlbi_all());
    }
    CHECK(f.count(Event::DTLB_WALK) == 70000);
}

TEST_CASE("TLBI counters count by kind") {
    Fixture f;
    TlbInvalidation t = by_va(Scope::VaAsid, 0x1000);
    t.shareability = arch::Shareability::InnerShareable;
    t.is_range = true;
    static_cast<void>(f.unit.invalidate(t));
    static_cast<void>(f.unit.invalidate(by_asid(1)));
    static_cast<void>(f.tlbi_all());
    CHECK(f.count(Event::SIM_TLBI) == 3);
    CHECK(f.count(Event::SIM_TLBI_BROADCAST) == 1);
    CHECK(f.count(Event::SIM_TLBI_RANGE) == 1);
    CHECK(f.count(Event::SIM_TLBI_ASID) == 1);
    CHECK(f.count(Event::SIM_TLBI_ALL) == 1);
}

TEST_CASE("searching and scanning remove the same entries") {
    // A range below the limit searches, one above scans; here both cover the same pages.
    for (const u64 pages : {16u, 40u, 400u}) {
        mmu::MmuConfig config;
        config.contiguous = mmu::Contiguity::Ignore;
        Fixture narrow{config}, wide{config};
        for (Fixture* f : {&narrow, &wide}) {
            f->low.map_pages(0x100'0000, kRam, pages, kUserPage);
            for (u64 i = 0; i < pages; ++i) f->touch(0x100'0000 + i * 0x1000);
        }
        unsigned one_by_one = 0;
        for (u64 i = 0; i < pages; ++i) {
            auto t = by_va(Scope::VaAsid, 0x100'0000 + i * 0x1000, 0x1000, 1);
            t.last_level_only = true;
            one_by_one += narrow.unit.invalidate(t);
        }
        auto t = by_va(Scope::VaAsid, 0x100'0000, pages * 0x1000, 1);
        t.last_level_only = true;
        CHECK(wide.unit.invalidate(t) == one_by_one);
        CHECK(one_by_one >= pages);
    }
}
