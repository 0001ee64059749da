// The memos over the L1 TLBs are unobservable: every count, every stamp and every translation is the same without them.
#include "tests/mmu/support/identities.h"

using namespace test;

namespace {

u64 next_random(u64& state) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 33;
}

constexpr u64 kUser = 0x7f00'0000'0000;
constexpr unsigned kPages = 96;

// Where an access went and what served it, in one word.
u64 outcome(u64 pa, unsigned l1_slot, unsigned reach_shift) { return pa | u64{l1_slot} << 48 | u64{reach_shift} << 58; }

mmu::HostTlb::Kind memo_kind(AccessKind kind) { return mmu::memo_kind_of(kind); }

// What a core does: the memo first, then the slow path. Returns an outcome, or ~ the fault's status.
u64 access(Fixture& f, AccessKind kind, u64 va, unsigned el) {
    mmu::HostTlb& memos = f.unit.host_tlb[el];
    const u8* host = kind == AccessKind::Fetch  ? memos.fetch(va)
                     : kind == AccessKind::Load ? memos.read(va, 4)
                                                : memos.write(va, 4);
    if (host != nullptr) {
        const auto& origin = memos.origin(memo_kind(kind), va);
        REQUIRE(f.memory.pa_of(host) == origin.page_pa + va % 4096);
        return outcome(f.memory.pa_of(host), origin.l1_slot, origin.reach_shift);
    }
    const auto result = f.access(kind, va, el);
    if (result) return outcome(result.value().pa.value, f.record.l1_slot, f.record.reach_shift);
    return ~u64{arch::fault_status_code(result.error().kind, result.error().level)};
}

// The next of a stream of accesses, table changes, context switches and TLBIs. Both machines see the same stream.
class Stream {
public:
    explicit Stream(u64 seed) : seed_{seed} {}

    u64 step(Fixture& f) {
        const u64 what = next_random(seed_) % 64;
        if (what == 0) return change_table(f);
        if (what == 1) return switch_asid(f);
        if (what == 2) return maintain(f);
        if (what == 3) return switch_level(f);
        return touch(f);
    }

private:
    u64 page() { return next_random(seed_) % kPages; }
    u64 base() { return next_random(seed_) % 3 == 0 ? kKernelVa : kUser; }
    u64 change_table(Fixture& f) {
        constexpr u64 kAttributes[] = {kUserPage, kUserClean, kUserReadOnly, kUserCode, kUserPage & ~u64{0x800},
                                       kKernelPage, kUserPage & ~kAccessFlag, kUserPage | kContiguous};
        const u64 i = page(), attributes = kAttributes[next_random(seed_) % std::size(kAttributes)];
        const u64 frame = next_random(seed_) % 2 == 0 ? i : next_random(seed_) % 512;
        if (next_random(seed_) % 3 == 0) f.high.map(kKernelVa + i * 0x1000, kRam + frame * 0x1000, attributes);
        else f.low.map(kUser + i * 0x1000, kRam + frame * 0x1000, attributes);
        return 0;
    }
    u64 switch_asid(Fixture& f) {
        f.set_asid(1 + next_random(seed_) % 3);
        return 0;
    }
    u64 maintain(Fixture& f) {
        const u64 kind = next_random(seed_) % 16;
        if (kind == 0) return f.tlbi_all();
        arch::TlbInvalidation t;
        t.scope = kind < 3 ? arch::TlbInvalidation::Scope::Asid : arch::TlbInvalidation::Scope::VaAsid;
        t.asid = static_cast<arch::u16>(1 + next_random(seed_) % 3);
        t.va = base() + page() * 0x1000;
        t.bytes = 0x1000 << (next_random(seed_) % 5);
        t.last_level_only = next_random(seed_) % 2 == 0;
        return f.unit.invalidate(t);
    }
    u64 switch_level(Fixture& f) {
        f.unit.sync_counters();
        el_ = el_ ^ 1;
        f.counters.set_el(el_);
        return 0;
    }
    u64 touch(Fixture& f) {
        constexpr AccessKind kKinds[] = {AccessKind::Load, AccessKind::Load, AccessKind::Store, AccessKind::Fetch};
        // Mostly a few hot pages, so that memos are used.
        const u64 i = next_random(seed_) % 4 == 0 ? page() : page() % 12;
        const u64 va = base() + i * 0x1000 + next_random(seed_) % 1024 * 4;
        return access(f, kKinds[next_random(seed_) % 4], va, el_);
    }

    u64 seed_;
    unsigned el_{1};
};

void require_equal_runs(mmu::MmuConfig config, u64 tcr, u64 seed, unsigned steps) {
    config.host_tlb = true;
    Fixture with{config, tcr};
    config.host_tlb = false;
    Fixture without{config, tcr};
    Stream first{seed}, second{seed};
    u64 memo_hits = 0;
    for (unsigned i = 0; i < steps; ++i) {
        const u64 reads = with.memory.reads;
        const u64 a = first.step(with), b = second.step(without);
        memo_hits += with.memory.reads == reads ? 1 : 0;
        if (a != b) FAIL("step " << i << ": " << std::hex << a << " with memos, " << b << " without");
        if (i % 512 == 0 && with.unit.state_hash() != without.unit.state_hash()) FAIL("state differs after step " << i);
    }
    with.unit.sync_counters();
    without.unit.sync_counters();
    for (unsigned el = 0; el < 2; ++el)
        for (std::size_t e = 0; e < mmu::kEventCount; ++e) {
            INFO(mmu::kEvents[e].name << " at EL" << el);
            REQUIRE(with.counters.by_el[el].value[e] == without.counters.by_el[el].value[e]);
        }
    REQUIRE(with.unit.state_hash() == without.unit.state_hash());
    require_identities(with);
    REQUIRE(memo_hits > steps / 4);
    for (const Event e : {Event::DTLB_WALK, Event::ITLB_WALK, Event::SIM_L2_HIT, Event::SIM_WALK_FAULT, Event::SIM_TLBI_ENTRIES})
        REQUIRE(with.count(e) > 0);
}

}  // namespace

TEST_CASE("memos change no counter, no state and no translation on random streams") {
    require_equal_runs({}, kTcr | kTcrHa | kTcrHd, 1, 150000);
    require_equal_runs({}, kTcr, 2, 50000);
}

TEST_CASE("memos are unobservable with small TLBs and every replacement policy") {
    for (const auto policy : {mmu::Replacement::Lru, mmu::Replacement::Plru, mmu::Replacement::Random}) {
        mmu::MmuConfig config;
        config.l1d_tlb = {12, 0, "4K,64K"};
        config.l1i_tlb = {4, 2, "4K"};
        config.l2_tlb = {32, 4, "4K,64K,2M"};
        config.replacement = policy;
        require_equal_runs(config, kTcr | kTcrHa | kTcrHd, 3, 60000);
    }
}

TEST_CASE("the property test sees a memo that does not stamp its slot") {
    // The mistake it guards against: hits that do not count as uses. Without the fetch of page 0 in the middle, page 0
    // is the victim; with it, page 1 is. The hash tells the two apart.
    mmu::MmuConfig config;
    config.l1i_tlb = {2, 0, "4K"};
    config.contiguous = mmu::Contiguity::Ignore;
    const auto hash = [&](bool use_again) {
        Fixture f{config};
        f.low.map_pages(kUser, kRam, 3, kUserCode);
        for (u64 page : {0u, 1u}) static_cast<void>(f.fetch(kUser + page * 0x1000));
        if (use_again) REQUIRE(f.unit.host_tlb[0].fetch(kUser) != nullptr);
        static_cast<void>(f.fetch(kUser + 0x2000));
        return f.unit.state_hash();
    };
    CHECK(hash(true) != hash(false));
}

TEST_CASE("n fetches of a page in one go are n fetches") {
    Fixture one, many;
    for (Fixture* f : {&one, &many}) {
        f->low.map_pages(kUser, kRam, 2, kUserCode);
        REQUIRE(f->fetch(kUser).ok());
    }
    for (unsigned i = 0; i < 7; ++i) REQUIRE(one.unit.host_tlb[0].fetch(kUser + 16 * i) != nullptr);
    REQUIRE(many.unit.host_tlb[0].fetch_n(kUser, 7) != nullptr);
    CHECK(one.count(Event::L1I_TLB) == 8);
    CHECK(many.count(Event::L1I_TLB) == 8);
    CHECK(many.count(Event::SIM_L1I_HIT) == 7);
    CHECK(one.unit.state_hash() == many.unit.state_hash());
}

TEST_CASE("a memo serves accesses inside its page only") {
    Fixture f;
    f.low.map_pages(kUser, kRam, 2, kUserPage);
    f.touch(kUser);
    f.touch(kUser + 0x1000);
    CHECK(f.unit.host_tlb[0].read(kUser + 0xff8, 8) != nullptr);
    CHECK(f.unit.host_tlb[0].read(kUser + 0xff9, 8) == nullptr);
    CHECK(f.unit.host_tlb[0].read(kUser + 0xfff, 2) == nullptr);
    CHECK(f.unit.host_tlb[0].read(kUser + 0xfff, 1) != nullptr);
}

TEST_CASE("data and fetches have memos of their own, by Exception level") {
    Fixture f;
    f.low.map(kUser, kRam, kUserPage);
    f.touch(kUser);
    CHECK(f.unit.host_tlb[0].read(kUser, 8) != nullptr);
    CHECK(f.unit.host_tlb[0].fetch(kUser) == nullptr);
    CHECK(f.unit.host_tlb[1].read(kUser, 8) == nullptr);
    CHECK(f.unit.host_tlb[1].write(kUser, 8) == nullptr);
}

TEST_CASE("a read makes a write memo as well where a write would have nothing left to check or to do") {
    Fixture f{{}, kTcr | kTcrHa | kTcrHd};
    f.low.map(kUser, kRam, kUserPage);
    f.low.map(kUser + 0x1000, kRam + 0x1000, kUserReadOnly);
    f.low.map(kUser + 0x2000, kRam + 0x2000, kUserClean);
    f.low.map(kUser + 0x3000, kRam + 0x3000, kUserPage);
    f.memory.code_pages.insert(kRam + 0x3000);
    for (u64 page = 0; page < 4; ++page) {
        f.touch(kUser + page * 0x1000);
        CHECK(f.unit.host_tlb[0].read(kUser + page * 0x1000, 8) != nullptr);
        CHECK((f.unit.host_tlb[0].write(kUser + page * 0x1000, 8) != nullptr) == (page == 0));
    }
}

TEST_CASE("a write makes a read memo as well") {
    Fixture f{{}, kTcr | kTcrHa | kTcrHd};
    f.low.map(kUser, kRam, kUserClean);
    f.touch_write(kUser);
    CHECK(f.unit.host_tlb[0].write(kUser, 8) != nullptr);
    CHECK(f.unit.host_tlb[0].read(kUser, 8) != nullptr);
}

TEST_CASE("no memo is made of Device memory or of pages outside RAM") {
    Fixture f;
    f.low.map(kUser, kRam, kUserPage | 3 << 2);        // attribute 3: Device
    f.low.map(kUser + 0x1000, 0x0900'0000, kUserPage);  // no RAM there
    f.touch(kUser);
    f.touch(kUser + 0x1000);
    CHECK(f.unit.host_tlb[0].read(kUser, 8) == nullptr);
    CHECK(f.unit.host_tlb[0].read(kUser + 0x1000, 8) == nullptr);
}

TEST_CASE("write memos of a page die when it becomes code, and none is made while it is") {
    Fixture f;
    f.low.map(kUser, kRam, kUserPage);
    f.touch(kUser);
    f.touch_write(kUser);
    f.memory.code_pages.insert(kRam);
    f.unit.drop_memos_of_page(arch::PhysicalAddress{kRam + 0x123});
    CHECK(f.unit.host_tlb[0].write(kUser, 8) == nullptr);
    CHECK(f.unit.host_tlb[0].read(kUser, 8) != nullptr);
    f.touch_write(kUser);
    CHECK(f.unit.host_tlb[0].write(kUser, 8) == nullptr);
}

TEST_CASE("after a context switch memos of global pages stay and those of the old ASID go") {
    Fixture f;
    f.low.map(kUser, kRam, kUserPage);
    f.high.map(kKernelVa, kRam + 0x1000, kKernelPage);
    f.high.map(kKernelVa + 0x1000, kRam + 0x2000, kKernelPage | 0x800);
    f.touch(kUser);
    f.touch(kKernelVa, 1);
    f.set_asid(2);
    CHECK(f.unit.host_tlb[0].read(kUser, 8) == nullptr);
    CHECK(f.unit.host_tlb[1].read(kKernelVa, 8) != nullptr);
    f.touch(kKernelVa + 0x1000, 1);  // belongs to ASID 2
    f.set_asid(1);
    CHECK(f.unit.host_tlb[0].read(kUser, 8) == nullptr);
    CHECK(f.unit.host_tlb[1].read(kKernelVa + 0x1000, 8) == nullptr);
    f.touch(kUser);
    CHECK(f.record.source == Source::L1Hit);  // the entry itself had survived
}

TEST_CASE("memos die when the controls of translation change, and survive more changes than they have epochs") {
    Fixture f;
    f.low.map(kUser, kRam, kUserPage);
    for (unsigned i = 0; i < 10000; ++i) {
        f.touch(kUser);
        if (f.unit.host_tlb[0].read(kUser, 8) == nullptr) FAIL("no memo in round " << i);
        f.set_tcr(i % 2 == 0 ? kTcr | kTcrHa : kTcr);
        if (f.unit.host_tlb[0].read(kUser, 8) != nullptr) FAIL("a memo outlived TCR change " << i);
    }
}

TEST_CASE("hits of memos are attributed to the level that is current when they are settled") {
    Fixture f;
    f.low.map(kUser, kRam, kUserPage);
    f.counters.set_el(0);
    f.touch(kUser);
    for (unsigned i = 0; i < 5; ++i) REQUIRE(f.unit.host_tlb[0].read(kUser, 8) != nullptr);
    f.unit.sync_counters();
    f.counters.set_el(1);
    REQUIRE(f.unit.host_tlb[0].read(kUser, 8) != nullptr);  // LDTR
    f.unit.sync_counters();
    CHECK(f.counters.by_el[0][Event::L1D_TLB] == 6);
    CHECK(f.counters.by_el[1][Event::L1D_TLB] == 1);
}
