// The checker on literal sequences of events: descriptors that change, and the barriers and TLBIs between.
#include "tests/check/script.h"
#include "tests/support/catch.h"

using namespace test;

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

TEST_CASE("errors at one place are one report, and the limit bounds reports, not counts") {
    Script s{{0, 2}};
    for (unsigned i = 0; i < 5; ++i) s.page(i, frame(i) | kReadWrite);
    s.begin();
    for (unsigned i = 0; i < 5; ++i) s.page(i, frame(i + 1) | kReadWrite);
    CHECK(s.errors(Rule::BreakBeforeMake) == 5);
    CHECK(s.checker.findings().reports().size() == 2);
}
