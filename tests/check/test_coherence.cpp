// The checker's state machine on literal sequences of events.
#include "tests/check/script.h"
#include "tests/support/catch.h"

using namespace test;

namespace {

constexpr u64 kPageBytes = 4096;
u64 frame(unsigned n) { return kFrame + kPageBytes * n; }

}  // namespace

TEST_CASE("a descriptor is nobody's until a register points to its tree") {
    Script s;
    s.page(0, frame(0) | kReadWrite);
    s.page(0, frame(1) | kReadWrite);
    s.begin();
    CHECK(s.errors() == 0);
    s.page(0, frame(2) | kReadWrite);
    CHECK(s.errors(Rule::BreakBeforeMake) == 1);
}

TEST_CASE("an invalid descriptor and one without access flag are never cached") {
    Script s;
    s.begin();
    s.page(0, (frame(0) | kReadWrite) & ~kOld);
    s.page(0, frame(1) | kReadWrite);
    CHECK(s.errors() == 0);
}

TEST_CASE("break, DSB, TLBI, DSB, make is clean, and each of its steps is needed") {
    for (const unsigned missing : {0u, 1u, 2u, 3u, 4u}) {
        INFO(missing);
        Script s;
        s.page(0, frame(0) | kReadWrite);
        s.begin();
        if (missing != 1) s.page(0, 0);
        if (missing != 2) s.dsb_ishst();
        if (missing != 3) s.tlbi(Script::by_page(kVa));
        if (missing != 4) s.dsb_ish();
        s.page(0, frame(1) | kReadWrite);
        constexpr Rule kRules[] = {Rule::BreakBeforeMake, Rule::BreakBeforeMake, Rule::DsbBeforeTlbi, Rule::MissingTlbi, Rule::DsbAfterTlbi};
        CHECK(s.errors() == (missing == 0 ? 0 : 1));
        CHECK(s.errors(kRules[missing]) == (missing == 0 ? 0 : 1));
    }
}

TEST_CASE("a DSB of stores, or of a smaller domain, does not complete a broadcast TLBI") {
    for (const bool local : {false, true}) {
        Script s;
        s.page(0, frame(0) | kReadWrite);
        s.begin();
        s.page(0, 0);
        s.dsb_ishst();
        s.tlbi(Script::by_page(kVa));
        if (local) s.dsb_nsh();
        else s.dsb_ishst();
        s.page(0, frame(1) | kReadWrite);
        CHECK(s.errors(Rule::DsbAfterTlbi) == 1);
    }
}

TEST_CASE("a local DSB is enough for a local TLBI") {
    Script s;
    s.page(0, frame(0) | kReadWrite);
    s.begin();
    s.page(0, 0);
    s.dsb_nsh();
    auto t = Script::by_page(kVa);
    t.shareability = arch::Shareability::NonShareable;
    s.tlbi(t);
    s.dsb_nsh();
    s.page(0, frame(1) | kReadWrite);
    CHECK(s.errors() == 0);
}

TEST_CASE("a TLBI concerns what it names: address, ASID, last level, level hint") {
    const auto errors_after = [](const arch::TlbInvalidation& t) {
        Script s;
        s.page(5, frame(0) | kReadWrite);
        s.begin();
        s.page(5, 0);
        s.dsb_ishst();
        s.tlbi(t);
        s.dsb_ish();
        s.page(5, frame(1) | kReadWrite);
        return s.errors();
    };
    const u64 va = kVa + 5 * kPageBytes;
    CHECK(errors_after(Script::by_page(va)) == 0);
    CHECK(errors_after(Script::by_page(va, 3)) == 0);
    CHECK(errors_after(Script::by_page(va + kPageBytes)) == 1);
    CHECK(errors_after(Script::by_asid(7)) == 0);
    CHECK(errors_after(Script::by_asid(8)) == 1);
    auto range = Script::by_page(kVa);
    range.is_range = true;
    range.bytes = 6 * kPageBytes;
    CHECK(errors_after(range) == 0);
    range.bytes = 5 * kPageBytes;
    CHECK(errors_after(range) == 1);
    auto other = Script::by_page(va);
    other.asid = 8;
    CHECK(errors_after(other) == 1);
    other.scope = arch::TlbInvalidation::Scope::VaAllAsids;
    CHECK(errors_after(other) == 0);
    arch::TlbInvalidation all;
    all.scope = arch::TlbInvalidation::Scope::All;
    all.shareability = arch::Shareability::InnerShareable;
    CHECK(errors_after(all) == 0);
}

TEST_CASE("a wrong level hint is told at the TLBI, once") {
    Script s;
    s.page(0, frame(0) | kReadWrite);
    s.begin();
    s.page(0, 0);
    s.dsb_ishst();
    s.tlbi(Script::by_page(kVa, 2));
    CHECK(s.errors(Rule::WrongLevel) == 1);
    s.dsb_ish();
    s.page(0, frame(1) | kReadWrite);
    CHECK(s.errors() == 1);
}

TEST_CASE("global entries go by any ASID's address, and not by ASID") {
    constexpr u64 kGlobal = kReadWrite & ~u64{0x800};
    for (const bool by_asid : {false, true}) {
        Script s;
        s.page(0, frame(0) | kGlobal);
        s.begin();
        s.page(0, 0);
        s.dsb_ishst();
        auto t = Script::by_page(kVa);
        t.asid = 99;
        s.tlbi(by_asid ? Script::by_asid(7) : t);
        s.dsb_ish();
        s.page(0, frame(1) | kGlobal);
        CHECK(s.errors() == (by_asid ? 1 : 0));
    }
}

TEST_CASE("what may differ in place: permissions, access flag, software bits; what may not: address, type, nG") {
    const auto rule_of = [](u64 from, u64 to) {
        Script s;
        s.page(0, from);
        s.begin();
        s.page(0, to);
        return s.errors(Rule::BreakBeforeMake);
    };
    const u64 page = frame(0) | kReadWrite;
    CHECK(rule_of(page, frame(0) | kReadOnly) == 0);
    CHECK(rule_of(page, page & ~kOld) == 0);
    CHECK(rule_of(page, page | u64{1} << 55) == 0);
    CHECK(rule_of(page, page ^ u64{1} << 54) == 0);
    CHECK(rule_of(page, frame(1) | kReadWrite) == 1);
    CHECK(rule_of(page, page | 1 << 2) == 1);   // Device
    CHECK(rule_of(page, page ^ 0x100) == 1);    // shareability
    CHECK(rule_of(page, page ^ 0x800) == 1);    // nG
    CHECK(rule_of(page, frame(1) | kReadOnly) == 1);
}

TEST_CASE("another output address is no matter between read-only pages of equal contents") {
    Script s;
    s.page(0, frame(0) | kReadOnly);
    s.begin();
    s.page(0, frame(1) | kReadOnly);
    CHECK(s.errors() == 0);
    s.put(frame(2), 1);
    s.page(0, frame(2) | kReadOnly);
    CHECK(s.errors(Rule::BreakBeforeMake) == 1);
}

TEST_CASE("the old value of one contiguous descriptor may serve the whole group") {
    Script s;
    for (unsigned i = 0; i < 16; ++i) s.page(i, frame(i) | kReadWrite | kContiguous);
    s.begin();
    for (unsigned i = 0; i < 16; ++i) s.page(i, 0);
    s.dsb_ishst();
    for (unsigned i = 0; i < 15; ++i) s.tlbi(Script::by_page(kVa + i * kPageBytes));
    s.dsb_ish();
    s.page(0, frame(0) | kReadWrite);  // a 64K entry made of descriptor 15 may be there still
    CHECK(s.errors(Rule::MissingTlbi) == 1);
}

TEST_CASE("a fold by break before make is clean") {
    Script s;
    for (unsigned i = 0; i < 16; ++i) s.page(i, frame(i) | kReadWrite);
    s.begin();
    for (unsigned i = 0; i < 16; ++i) s.page(i, 0);
    s.dsb_ishst();
    auto range = Script::by_page(kVa, 3);
    range.bytes = 16 * kPageBytes;
    s.tlbi(range);
    s.dsb_ish();
    for (unsigned i = 0; i < 16; ++i) s.page(i, frame(i) | kReadWrite | kContiguous);
    s.to_user();
    CHECK(s.errors() == 0);
}

TEST_CASE("a group is judged at a walk in it or when user code goes on, not while it is rewritten") {
    Script s;
    s.begin();
    s.page(0, frame(0) | kReadWrite | kContiguous);
    s.checker.walked(kLevel3 + 8 * 20, {});
    CHECK(s.errors() == 0);
    s.checker.walked(kLevel3, {kVa, false, false, 0, s.site()});
    CHECK(s.errors(Rule::InconsistentGroup) == 1);
    for (unsigned i = 1; i < 16; ++i) s.page(i, frame(i) | kReadWrite | kContiguous);
    s.to_user();
    CHECK(s.errors() == 1);
}

TEST_CASE("a group disagrees by output, attributes or alignment, not by access flag or dirty state that hardware keeps") {
    using mmu::check::ChangeRules;
    using mmu::check::disagreement;
    std::vector<arch::Descriptor> group;
    for (unsigned i = 0; i < 16; ++i) group.push_back({frame(i) | kReadOnly | kDBM | kContiguous});
    const ChangeRules hardware{{}, 0, true, true, {}};
    const ChangeRules software{};
    CHECK(disagreement(group, 3, software) == -1);
    const auto with = [&group](unsigned i, u64 value) {
        auto changed = group;
        changed[i].raw = value;
        return changed;
    };
    CHECK(disagreement(with(3, group[3].raw & ~kOld), 3, software) == -1);
    CHECK(disagreement(with(3, group[3].raw & ~u64{0x80}), 3, hardware) == -1);
    CHECK(disagreement(with(3, group[3].raw & ~u64{0x80}), 3, software) == 3);
    CHECK(disagreement(with(3, group[3].raw & ~kContiguous), 3, software) == 3);
    CHECK(disagreement(with(3, group[2].raw), 3, software) == 3);
    CHECK(disagreement(with(15, 0), 3, software) == 15);
    std::vector<arch::Descriptor> misaligned;
    for (unsigned i = 0; i < 16; ++i) misaligned.push_back({frame(i + 1) | kReadWrite | kContiguous});
    CHECK(disagreement(misaligned, 3, software) == 0);
}

TEST_CASE("taken write permission is legal until its flush, and an error when user code writes after the return") {
    Script s;
    s.page(0, frame(0) | kReadWrite);
    s.begin();
    s.page(0, frame(0) | kReadOnly);
    CHECK(s.values(StaleKind::WriteProtected) == 1);
    s.user(kVa, true);  // as if on another stack
    CHECK(s.accesses(StaleKind::WriteProtected) == 1);
    s.to_user();
    s.user(kVa, false);
    CHECK(s.errors() == 0);
    s.user(kVa, true);
    CHECK(s.errors(Rule::StaleUse) == 1);
    const auto& report = s.checker.findings().reports().at(0);
    CHECK(report.access_va == kVa);
    CHECK(report.before.raw == (frame(0) | kReadWrite));
    CHECK(report.after.raw == (frame(0) | kReadOnly));
}

TEST_CASE("a flush that comes in time leaves no trace") {
    Script s;
    s.page(0, frame(0) | kReadWrite);
    s.begin();
    s.page(0, frame(0) | kReadOnly);
    s.flush(kVa);
    s.to_user();
    s.user(kVa, true);
    CHECK(s.errors() == 0);
    CHECK(s.accesses(StaleKind::WriteProtected) == 0);
}

TEST_CASE("a cleared access flag needs no TLBI, and accesses that leave no trace are counted") {
    Script s;
    s.page(0, frame(0) | kReadWrite);
    s.begin();
    s.page(0, (frame(0) | kReadWrite) & ~kOld);
    s.to_user();
    s.user(kVa);
    CHECK(s.errors() == 0);
    CHECK(s.values(StaleKind::YoungCleared) == 1);
    CHECK(s.accesses(StaleKind::YoungCleared) == 1);
}

TEST_CASE("a relaxed permission may fault once more") {
    Script s;
    s.page(0, frame(0) | kReadOnly);
    s.begin();
    s.page(0, frame(0) | kReadWrite);
    s.to_user();
    s.user(kVa, false);
    CHECK(s.accesses(StaleKind::Relaxed) == 0);
    s.user(kVa, true);
    CHECK(s.accesses(StaleKind::Relaxed) == 1);
    CHECK(s.errors() == 0);
}

TEST_CASE("an unmapped page that user code uses after the return is an error, with the barrier that is missing") {
    Script s;
    s.page(0, frame(0) | kReadWrite);
    s.begin();
    s.page(0, 0);
    s.dsb_ishst();
    s.tlbi(Script::by_page(kVa));
    s.to_user();
    s.user(kVa);
    CHECK(s.errors(Rule::DsbAfterTlbi) == 1);
}

TEST_CASE("a freed page is told when user code goes on, unless it cannot reach it") {
    for (const bool other_space : {false, true}) {
        Script s;
        s.page(0, frame(0) | kReadWrite);
        s.begin();
        s.page(0, 0);
        s.checker.freed(frame(0), kPageBytes, s.site());
        CHECK(s.errors() == 0);
        if (other_space) {
            s.regime.asid = 8;
            s.regime.root[0].table = 0x4000'8000;
            s.begin();
        }
        s.to_user();
        CHECK(s.errors(Rule::FreedPage) == (other_space ? 0 : 1));
    }
}

TEST_CASE("a page that is mapped elsewhere before the flush of its old address may be reached by both") {
    for (const bool flushed : {false, true}) {
        Script s;
        s.page(0, frame(0) | kReadWrite);
        s.begin();
        s.page(0, 0);
        s.page(9, frame(0) | kReadWrite);
        if (flushed) s.flush(kVa);
        s.to_user();
        CHECK(s.errors(Rule::FreedPage) == (flushed ? 0 : 1));
    }
}

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

TEST_CASE("hardware's updates must be read or exchanged before they are overwritten") {
    Script s;
    s.regime.hardware_af = s.regime.hardware_dirty = true;
    const u64 clean = frame(0) | kReadOnly | kDBM;
    const u64 dirty = frame(0) | kReadWrite | kDBM;
    const auto after = [&](auto&& software, u64 value, bool exchange) {
        Script t;
        t.regime = s.regime;
        t.page(0, clean);
        t.begin();
        t.put(kLevel3, dirty);
        t.checker.hardware_update(kLevel3, dirty, t.site());
        software(t);
        t.store(kLevel3, value, exchange);
        return t.errors(Rule::LostUpdate);
    };
    const auto nothing = [](Script&) {};
    const auto reads = [](Script& t) { t.checker.load(kLevel3, 8); };
    const u64 protect = frame(0) | kReadOnly;
    CHECK(after(nothing, protect, false) == 1);
    CHECK(after(reads, protect, false) == 0);
    CHECK(after(nothing, protect, true) == 0);
    CHECK(after(nothing, 0, false) == 1);
    CHECK(after(nothing, dirty & ~kContiguous, false) == 0);
}

TEST_CASE("a plain store over a descriptor that hardware may update at any time is a race") {
    Script s;
    s.regime.hardware_af = s.regime.hardware_dirty = true;
    s.page(0, frame(0) | kReadOnly | kDBM);
    s.begin();
    s.checker.load(kLevel3, 8);
    s.page(0, frame(0) | kReadOnly);
    CHECK(s.errors(Rule::LostUpdate) == 1);
}

TEST_CASE("the kernel waits for DSB and ISB before it uses what it has mapped for itself; user code may fault") {
    constexpr u64 kKernelPage = 0x0060'0000'0000'0703;
    for (const unsigned steps : {0u, 1u, 2u}) {
        Script s;
        s.begin();
        s.page(0, frame(0) | kKernelPage);
        if (steps > 0) s.dsb_ishst();
        if (steps > 1) s.checker.synchronized();
        s.kernel(kVa + 8);
        CHECK(s.errors(Rule::UnsynchronizedMake) == (steps == 2 ? 0 : 1));
    }
    Script s;
    s.begin();
    s.page(0, frame(0) | kReadWrite);
    s.to_user();
    s.user(kVa);
    CHECK(s.errors() == 0);
}

TEST_CASE("the kernel synchronizes before it fetches what a TLBI has moved, taken away, or made executable") {
    constexpr u64 kCode = 0x0040'0000'0000'0783;  // EL1, read only, executable; global
    struct Step {
        u64 before, after;
        bool isb;
        u64 errors;
    };
    constexpr u64 kData = kCode | u64{1} << 53;
    const Step kSteps[] = {
        {frame(0) | kCode, frame(1) | kCode, false, 2},  // by the old entry, and before the new descriptor
        {frame(0) | kCode, frame(1) | kCode, true, 0},
        {frame(0) | kCode, 0, false, 1},
        {frame(0) | kCode, 0, true, 0},
        {frame(0) | kCode, frame(0) | kData, false, 2},
        {frame(0) | kData, frame(0) | kCode, false, 1},  // was not executable: the new descriptor only
        {frame(0) | kData, frame(1) | kCode, false, 1},
        {frame(0) | kCode, frame(0) | kCode, false, 1},  // away and back: fetches cannot tell the entries apart
        {0, frame(0) | kCode, false, 1},
        {0, frame(0) | kCode, true, 0},
    };
    for (const Step& step : kSteps) {
        INFO(std::hex << step.before << " " << step.after << " " << step.isb);
        Script s;
        s.page(0, step.before);
        s.begin();
        s.page(0, 0);
        s.dsb_ishst();
        s.tlbi(Script::by_page(kVa));
        s.dsb_ish();
        s.page(0, step.after);
        s.dsb_ishst();
        if (step.isb) s.checker.synchronized();
        s.kernel_fetch(kVa + 4096);  // another page
        CHECK(s.errors() == 0);
        s.kernel_fetch(kVa + 16);
        CHECK(s.errors(Rule::MissingFetchIsb) == step.errors);
        CHECK(s.errors() == step.errors);
    }
}

TEST_CASE("user code that EL1 executes needs DSB and ISB too, user data does not") {
    constexpr u64 kUserCode = 0x0000'0000'0000'0fc3;
    for (const bool fetch : {false, true}) {
        Script s;
        s.begin();
        s.page(31, frame(31) | 0x0060'0000'0000'0703);  // the kernel's, beside it
        s.page(32, frame(0) | kUserCode);
        s.dsb_ishst();
        if (fetch) s.kernel_fetch(kVa + 32 * kPageBytes);
        else s.kernel(kVa + 32 * kPageBytes);
        CHECK(s.errors(Rule::MissingFetchIsb) == (fetch ? 1 : 0));
        CHECK(s.errors() == s.errors(Rule::MissingFetchIsb));
    }
    Script s;
    s.begin();
    s.page(0, frame(0) | kUserCode);
    s.kernel_fetch(kVa);
    CHECK(s.errors(Rule::UnsynchronizedMake) == 1);
    s.page(1, frame(1) | kUserCode);
    s.to_user();  // Linux takes no DSB for user pages
    CHECK(!s.checker.wants_use(kVa, 1));
}

TEST_CASE("errors at one place are one report, and the limit bounds reports, not counts") {
    Script s{{0, 2}};
    for (unsigned i = 0; i < 5; ++i) s.page(i, frame(i) | kReadWrite);
    s.begin();
    for (unsigned i = 0; i < 5; ++i) s.page(i, frame(i + 1) | kReadWrite);
    CHECK(s.errors(Rule::BreakBeforeMake) == 5);
    CHECK(s.checker.findings().reports().size() == 2);
}
