// The checker on literal sequences of events: what was changed, and who uses it too early or too late.
#include "tests/check/script.h"
#include "tests/support/catch.h"

using namespace test;

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
