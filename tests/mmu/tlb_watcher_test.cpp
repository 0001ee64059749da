// A watcher hears of what no LookupRecord tells, while the TLBs are still as they were, and of nothing else.
#include <functional>
#include <string>

#include "tests/mmu/support/mmu_fixture.h"
#include "tests/support/catch.h"

using namespace test;

namespace {

constexpr u64 kVa = 0x7f00'0001'0000;
constexpr u64 kPage = 4096;

struct Listener final : mmu::TlbWatcher {
    explicit Listener(Fixture& fixture) : f{fixture} { f.unit.set_watcher(this); }
    void before_tlbi(const arch::TlbInvalidation& tlbi) override { note("tlbi of " + std::to_string(tlbi.asid)); }
    void before_drop() override { note("drop"); }
    void before_prefetch() override { note("prefetch"); }
    void before_other_walks() override { note("other walks"); }
    void note(const std::string& what) {
        heard += what + " (" + std::to_string(f.unit.tlbs().l1(false).live()) + ", " + std::to_string(f.unit.tlbs().l2().live()) + "); ";
    }

    // Whether `action` made work.
    bool works_after(const std::function<void()>& action) {
        has_work_ = false;
        action();
        return has_work_;
    }

    Fixture& f;
    std::string heard;
};

// What is heard of `action`, with the numbers of entries in L1D and L2 at the time.
std::string heard_of(Fixture& f, const std::function<void()>& action) {
    Listener listener{f};
    action();
    f.unit.set_watcher(nullptr);
    return listener.heard;
}

mmu::MmuConfig plain() {
    mmu::MmuConfig config = without_prefetch();
    config.walk_cache = mmu::WalkCache::None;
    return config;
}

}  // namespace

TEST_CASE("a watcher hears of a TLBI before it removes anything, with the bits of the ASID that count") {
    Fixture f{plain()};
    f.low.map(kVa, kRam, kUserPage);
    CHECK(heard_of(f, [&] { f.touch(kVa); f.touch(kVa); f.set_asid(2); f.set_asid(1); }).empty());
    CHECK(heard_of(f, [&] { (void)f.tlbi_va(kVa); }) == "tlbi of 1 (1, 1); ");
    f.touch(kVa);
    f.set_tcr(kTcr & ~(u64{1} << 36));
    CHECK(heard_of(f, [&] { (void)f.tlbi_va(kVa, kPage, 0x101); }) == "tlbi of 1 (1, 1); ");
}

TEST_CASE("a watcher has work after each miss of an L1 TLB, in the L2 TLB or not, and after no hit") {
    Fixture f{plain()};
    f.low.map(kVa, kRam, kUserCode);
    Listener listener{f};
    CHECK(listener.works_after([&] { f.touch(kVa); }));
    CHECK_FALSE(listener.works_after([&] { f.touch(kVa); }));
    CHECK_FALSE(listener.works_after([&] { f.touch_write(kVa); }));  // refused
    CHECK(listener.works_after([&] { static_cast<void>(f.fetch(kVa)); }));
    CHECK(listener.works_after([&] { f.touch(kVa + kPage); }));      // not mapped
    f.unit.set_watcher(nullptr);
}

TEST_CASE("a watcher hears of translations that are dropped because their descriptor has changed") {
    Fixture f{plain(), kTcr | kTcrHa | kTcrHd};
    f.low.map(kVa, kRam, kUserClean);
    f.touch(kVa);
    f.low.unmap(kVa);
    CHECK(heard_of(f, [&] { f.touch_write(kVa); }) == "drop (1, 1); ");
}

TEST_CASE("a watcher hears of a prefetch behind the walk that started it, and before it brings anything") {
    mmu::MmuConfig config = plain();
    config.prefetch = mmu::Prefetch::NextPage;
    config.contiguous = mmu::Contiguity::Ignore;
    Fixture f{config};
    for (u64 page = 0; page < 8; ++page) f.low.map(kVa + page * kPage, kRam + page * kPage, kUserPage);
    CHECK(heard_of(f, [&] { f.touch(kVa); }).empty());
    CHECK(heard_of(f, [&] { f.touch(kVa + kPage); }) == "prefetch (2, 2); ");
    CHECK(f.unit.tlbs().l2().live() == 3);
}

TEST_CASE("a watcher hears of another TCR_EL1 and of another stage 2, which empties the TLBs") {
    Fixture f{plain()};
    f.low.map(kVa, kRam, kUserPage);
    f.touch(kVa);
    CHECK(heard_of(f, [&] { f.set_tcr(kTcr | kTcrHa); }) == "other walks (1, 1); ");
    CHECK(heard_of(f, [&] { f.unit.set_stage2({.HCR_EL2 = 1}, nullptr); }) == "other walks (1, 1); drop (1, 1); ");
}
