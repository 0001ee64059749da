// Two stages: what an entry reaches, what a walk reads, and what EL2 hears of.
#include "tests/mmu/support/identities.h"

using arch::Granule;
using namespace test;

namespace {

constexpr u64 kVa = 0x7000'0000;
constexpr u64 kStage2Tables = kTables + (u64{32} << 20);
constexpr u64 kIpa = 0x8000'0000;  // 1 GiB above the RAM that it is mapped to
// MemAttr Normal Write-Back, S2AP read and write, Inner Shareable, AF, page.
constexpr u64 kStage2Page = 0x7ff;
// 39 bits, 4K, start at level 1, Write-Back Inner Shareable walks, 48-bit output.
constexpr u64 kVtcr = 0x0005'3559;

struct TwoStages : mmu::Stage2Handler {
    explicit TwoStages(const mmu::MmuConfig& config = plain()) : f{config}, second{f.memory, kStage2Tables, Granule::k4K, 39} {
        // The tables of stage 1 where they are, by blocks.
        for (u64 at = kTables; at < kRam + (u64{256} << 20); at += 0x20'0000) second.map(at, at, kStage2Page, 2);
        turn_on(1);
    }
    static mmu::MmuConfig plain() {
        mmu::MmuConfig config;
        config.prefetch = mmu::Prefetch::Off;
        return config;
    }
    void turn_on(u64 vmid) {
        f.unit.set_stage2({.HCR_EL2 = 1, .VTCR_EL2 = kVtcr, .VTTBR_EL2 = second.root() | vmid << 48}, this);
    }
    bool resolve(const mmu::FaultRecord& fault) override {
        faults.push_back(fault);
        return mend && mend(fault);
    }
    unsigned reads() const {
        unsigned count = 0;
        for (unsigned i = 0; i < f.record.step_count; ++i) count += !f.record.steps[i].update;
        return count;
    }

    Fixture f;
    TableBuilder second;
    std::vector<mmu::FaultRecord> faults;
    std::function<bool(const mmu::FaultRecord&)> mend;
};

unsigned reach_of(unsigned stage1_contiguous, unsigned stage2_contiguous, int stage2_level, mmu::Contiguity contiguity) {
    mmu::MmuConfig config = TwoStages::plain();
    config.contiguous = contiguity;
    TwoStages t{config};
    t.f.low.map_pages(kVa, kIpa, 16, kUserPage | (stage1_contiguous != 0 ? kContiguous : 0));
    if (stage2_level == 2) t.second.map(kIpa, kRam, kStage2Page, 2);
    else t.second.map_pages(kIpa, kRam, 16, kStage2Page | (stage2_contiguous != 0 ? kContiguous : 0));
    REQUIRE(t.f.pa(kVa + 0x5123) == kRam + 0x5123);
    return t.f.record.reach_shift;
}

}  // namespace

TEST_CASE("an entry reaches as far as both stages do") {
    using mmu::Contiguity;
    CHECK(reach_of(1, 0, 3, Contiguity::Hint) == 12);   // 64K over 4K: pages
    CHECK(reach_of(0, 1, 3, Contiguity::Hint) == 12);
    CHECK(reach_of(1, 1, 3, Contiguity::Hint) == 16);   // 64K over 64K
    CHECK(reach_of(1, 0, 2, Contiguity::Hint) == 16);   // 64K over 2M
    CHECK(reach_of(1, 1, 3, Contiguity::Ignore) == 12);
    // Pages that continue each other at both stages are aggregated, whatever the Contiguous bits say.
    CHECK(reach_of(1, 0, 3, Contiguity::HintCoalesce4) == 14);
    CHECK(reach_of(0, 0, 3, Contiguity::HintCoalesce4) == 14);
    CHECK(reach_of(0, 1, 3, Contiguity::HintCoalesce4) == 14);
    CHECK(reach_of(1, 1, 3, Contiguity::HintCoalesce4) == 16);
}

TEST_CASE("pages that stage 2 scatters are not aggregated") {
    mmu::MmuConfig config = TwoStages::plain();
    config.contiguous = mmu::Contiguity::HintCoalesce4;
    TwoStages t{config};
    t.f.low.map_pages(kVa, kIpa, 4, kUserPage);
    for (u64 i = 0; i < 4; ++i) t.second.map(kIpa + i * 0x1000, kRam + (3 - i) * 0x1000, kStage2Page);
    for (u64 i = 0; i < 4; ++i) CHECK(t.f.pa(kVa + i * 0x1000) == kRam + (3 - i) * 0x1000);
    CHECK(t.f.record.reach_shift == 12);
}

TEST_CASE("a cold walk reads each table of stage 1 through stage 2") {
    mmu::MmuConfig config = TwoStages::plain();
    config.walk_cache = mmu::WalkCache::None;
    config.ipa_cache = mmu::IpaCache::None;
    TwoStages t{config};
    t.f.low.map(kVa, kIpa, kUserPage);
    t.second.map(kIpa, kRam, kStage2Page);
    CHECK(t.f.pa(kVa) == kRam);
    // Four tables, each by a block of stage 2 (2 reads), and the page by three.
    CHECK(t.reads() == 4 * (2 + 1) + 3);
    CHECK(t.f.count(Event::SIM_STAGE2_STEP) == 4 * 2 + 3);
    CHECK(t.f.count(Event::DTLB_STEP) == t.reads());
    require_identities(t.f);
}

TEST_CASE("cached translations of stage 2 shorten the next walk") {
    TwoStages t;
    t.f.low.map(kVa, kIpa, kUserPage);
    t.f.low.map(kVa + 0x10000, kIpa + 0x10000, kUserPage);
    t.second.map(kIpa, kRam, kStage2Page);
    t.second.map(kIpa + 0x10000, kRam + 0x10000, kStage2Page);
    CHECK(t.f.pa(kVa) == kRam);
    CHECK(t.f.pa(kVa + 0x10000) == kRam + 0x10000);
    CHECK(t.reads() == 2);  // the leaf of stage 1, whose table's place is known, and that of stage 2
    t.f.unit.invalidate_ipa(kIpa + 0x10000);
    CHECK(t.f.pa(kVa + 0x10000) == kRam + 0x10000);
    CHECK(t.f.record.step_count == 0);  // the entry of both stages stays
}

TEST_CASE("EL2 hears where stage 2 stopped, and what it maps is tried again") {
    TwoStages t;
    t.f.low.map(kVa, kIpa, kUserPage);
    t.mend = [&](const mmu::FaultRecord& fault) {
        t.second.map(fault.ipa & ~u64{0xfff}, kRam, kStage2Page);
        return true;
    };
    const auto result = t.f.store(kVa + 0x123);
    REQUIRE(result.ok());
    CHECK(result.value().pa.value == kRam + 0x123);
    REQUIRE(t.faults.size() == 1);
    CHECK(t.faults[0].kind == FaultKind::Translation);
    CHECK(t.faults[0].ipa == kIpa + 0x123);
    CHECK_FALSE(t.faults[0].on_walk);
    CHECK(t.f.record.stage2_traps == 1);
    CHECK(t.f.count(Event::SIM_STAGE2_TRAP) == 1);
}

TEST_CASE("a table that stage 2 does not map faults with S1PTW, and without help is an external abort of the walk") {
    TwoStages t;
    t.f.low.map(kVa, kIpa, kUserPage);
    t.second.unmap(arch::align_down(t.f.low.slot(kVa), 0x20'0000), 2);
    const auto result = t.f.load(kVa);
    REQUIRE_FALSE(result.ok());
    REQUIRE(t.faults.size() == 1);
    CHECK(t.faults[0].on_walk);
    CHECK(result.error().kind == FaultKind::SyncExternalOnWalk);
}

TEST_CASE("rights are those that both stages give") {
    constexpr u64 kWritable = u64{1} << 7;
    TwoStages t;
    t.f.low.map(kVa, kIpa, kUserPage);
    t.second.map(kIpa, kRam, kStage2Page & ~kWritable);
    CHECK(t.f.load(kVa).ok());
    CHECK_FALSE(t.f.store(kVa).ok());
    REQUIRE(t.faults.size() == 1);
    CHECK(t.faults[0].kind == FaultKind::Permission);
    // Stage 1's own refusals are the guest's business.
    t.f.low.map(kVa + 0x1000, kIpa, kUserReadOnly);
    CHECK(t.f.fault_of(t.f.store(kVa + 0x1000)) == FaultKind::Permission);
    CHECK(t.faults.size() == 1);
}

TEST_CASE("another VMID finds nothing of the one before") {
    TwoStages t;
    t.f.low.map(kVa, kIpa, kUserPage & ~(u64{1} << 11));  // global
    t.second.map(kIpa, kRam, kStage2Page);
    CHECK(t.f.pa(kVa) == kRam);
    t.second.map(kIpa, kRam + 0x1000, kStage2Page);
    CHECK(t.f.pa(kVa) == kRam);  // not invalidated
    t.turn_on(2);
    CHECK(t.f.pa(kVa) == kRam + 0x1000);
}
