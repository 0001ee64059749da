// The checker on literal sequences of events: tables and address spaces that come and go.
#include "tests/check/script.h"
#include "tests/support/catch.h"

using namespace test;

TEST_CASE("an unlinked table must not be written before the flush of its pointer") {
    for (const bool leaves_only : {false, true}) {
        Script s;
        s.begin();
        s.store(kLevel2, 0);
        s.dsb_ishst();
        auto t = Script::by_page(kVa);
        t.last_level_only = leaves_only;
        s.tlbi(t);
        s.dsb_ish();
        s.page(0, frame(0) | kReadWrite);
        CHECK(s.errors(Rule::FreedTable) == (leaves_only ? 1 : 0));
        CHECK(s.checker.watches(kLevel3) == leaves_only);
    }
}

TEST_CASE("the leaves of an unlinked table may be cached without it") {
    Script s;
    s.page(3, frame(0) | kReadWrite);
    s.begin();
    s.store(kLevel2, 0);
    s.dsb_ishst();
    auto t = Script::by_page(kVa);  // another page: the table's pointer goes, the leaf stays
    t.last_level_only = false;
    s.tlbi(t);
    s.dsb_ish();
    s.store(kLevel2, 0x4600'0000 | (kReadWrite & ~u64{2}));
    CHECK(s.errors(Rule::OverlappingEntries) == 1);
}

TEST_CASE("a table may be moved to another address before one flush for both") {
    Script s;
    s.page(0, frame(0) | kReadWrite);
    s.begin();
    s.store(kLevel2, 0);
    s.store(kLevel2 + 8, kLevel3 | 3);
    s.dsb_ishst();
    s.tlbi(Script::by_asid(7));
    s.dsb_ish();
    s.to_user();
    s.page(0, 0);
    s.flush(kVa + (u64{2} << 20));
    s.page(0, frame(1) | kReadWrite);
    CHECK(s.errors() == 0);
}

TEST_CASE("an ASID may go to another tree after its TLBI, not before") {
    for (const bool flushed : {false, true}) {
        Script s;
        s.page(0, frame(0) | kReadWrite);
        s.begin();
        s.regime.asid = 8;
        s.regime.root[0].table = 0x4000'8000;
        s.put(0x4000'8000, 0x4000'9003);
        s.begin();
        if (flushed) {
            s.tlbi(Script::by_asid(7));
            s.dsb_ish();
        }
        s.regime.asid = 7;
        s.regime.root[0].table = 0x4000'a000;
        s.put(0x4000'a000, 0x4000'b003);
        s.begin();
        CHECK(s.errors(Rule::AsidReuse) == (flushed ? 0 : 1));
    }
}

TEST_CASE("an address space that comes back with its own ASID may find its old values") {
    Script s;
    s.page(0, frame(0) | kReadWrite);
    s.begin();
    const CheckedRegime first = s.regime;
    s.regime.asid = 8;
    s.regime.root[0].table = 0x4000'8000;
    s.put(0x4000'8000, 0x4000'9003);
    s.begin();
    s.page(0, 0);
    s.page(0, frame(1) | kReadWrite);  // nobody walks it now
    CHECK(s.errors() == 0);
    s.regime = first;
    s.begin();
    CHECK(s.errors(Rule::MissingTlbi) == 1);
}

TEST_CASE("tables of a tree that nothing can reach any more are plain memory again") {
    Script s;
    s.page(0, frame(0) | kReadWrite);
    s.begin();
    CHECK(s.checker.watches(kLevel3));
    s.regime.asid = 8;
    s.regime.root[0].table = 0x4000'8000;
    s.begin();
    CHECK(s.checker.watches(kLevel3));
    s.tlbi(Script::by_asid(7));
    s.dsb_ish();
    CHECK(!s.checker.watches(kLevel3));
    CHECK(!s.checker.watches(kRoot));
}
