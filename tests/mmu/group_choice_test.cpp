// What the architecture leaves open about contiguous groups, choice by choice.
#include "tests/mmu/support/identities.h"

using namespace test;
using mmu::GroupDecision;
using mmu::UpdateChoice;

namespace {

constexpr u64 kVa = 0x7000'0000;
constexpr u64 kNoTranslation = u64{1} << 16;  // nT

mmu::MmuConfig deciding(GroupDecision decision, u64 seed = 1) {
    mmu::MmuConfig config;
    config.contiguous = mmu::Contiguity::Hint;
    config.bbm_choice = decision;
    config.bbm_seed = seed;
    return config;
}

// 16 contiguous pages, the third of which is read only: an inconsistent group.
void map_inconsistent(Fixture& f) {
    f.low.map_pages(kVa, kRam, 16, kUserPage | kContiguous);
    f.low.map(kVa + 0x2000, kRam + 0x2000, kUserReadOnly | kContiguous);
}

// How many of `seeds` let EL0 write to page 5.
unsigned writable_outcomes(GroupDecision decision, unsigned seeds) {
    unsigned writable = 0;
    for (u64 seed = 1; seed <= seeds; ++seed) {
        Fixture f{deciding(decision, seed)};
        map_inconsistent(f);
        writable += f.store(kVa + 0x5000).ok();
    }
    return writable;
}

unsigned accessed_pages(Fixture& f) {
    unsigned count = 0;
    for (u64 i = 0; i < 16; ++i) count += (f.memory.get(f.low.slot(kVa + i * 0x1000)) & kAccessFlag) != 0;
    return count;
}

}  // namespace

TEST_CASE("an inconsistent group is known by the walked member, by any one, or by all of them") {
    CHECK(writable_outcomes(GroupDecision::Walked, 8) == 8);
    const unsigned any = writable_outcomes(GroupDecision::AnyOne, 200);
    CHECK(any < 200);  // sometimes the read-only member stands for the group
    CHECK(any > 150);
    const unsigned amalgamated = writable_outcomes(GroupDecision::Amalgamate, 200);
    CHECK(amalgamated > 50);
    CHECK(amalgamated < 150);
}

TEST_CASE("an inconsistent group may give a TLB Conflict abort, a consistent one never does") {
    Fixture f{deciding(GroupDecision::Abort)};
    map_inconsistent(f);
    const auto result = f.load(kVa + 0x5000);
    REQUIRE_FALSE(result.ok());
    CHECK(arch::fault_status_code(result.error().kind, result.error().level) == 0b110000);
    f.low.map(kVa + 0x2000, kRam + 0x2000, (kUserPage | kContiguous) & ~kAccessFlag);
    CHECK(f.load(kVa + 0x5000).ok());  // the access flag may differ
    require_identities(f);
}

TEST_CASE("two entries of different reach for one page are a conflict where the core reports it") {
    for (const GroupDecision decision : {GroupDecision::Walked, GroupDecision::Abort}) {
        Fixture f{deciding(decision)};
        f.low.map_pages(kVa, kRam, 16, kUserPage);
        f.touch(kVa + 0x3000);
        // Folded without break-before-make: the entry of page 3 stays.
        f.low.map_pages(kVa, kRam, 16, kUserPage | kContiguous);
        f.touch(kVa);
        const bool conflict = f.fault_of(f.load(kVa + 0x3000)) == FaultKind::TlbConflict;
        CHECK(conflict == (decision == GroupDecision::Abort));
        f.tlbi_all();
        CHECK(f.pa(kVa + 0x3000) == kRam + 0x3000);
    }
}

TEST_CASE("access flag and dirty state of a group may be set in any one member, once") {
    std::set<u64> members;
    for (u64 seed = 1; seed <= 40; ++seed) {
        mmu::MmuConfig config = deciding(GroupDecision::Walked, seed);
        config.update_choice = UpdateChoice::AnyOne;
        Fixture f{config, kTcr | kTcrHa | kTcrHd};
        f.low.map_pages(kVa, kRam, 16, (kUserClean | kContiguous) & ~kAccessFlag);
        CHECK(f.pa(kVa + 0x5123) == kRam + 0x5123);
        CHECK(accessed_pages(f) == 1);
        CHECK(f.store(kVa + 0x9000).ok());
        CHECK(accessed_pages(f) == 1);
        unsigned dirty = 0;
        for (u64 i = 0; i < 16; ++i) {
            const u64 descriptor = f.memory.get(f.low.slot(kVa + i * 0x1000));
            if ((descriptor & kAccessFlag) != 0) members.insert(i);
            dirty += (descriptor & kReadOnly) == 0;
        }
        CHECK(dirty == 1);
        // Walked again, the group is known to be accessed and dirty.
        f.tlbi_all();
        const u64 updates = f.memory.exchanges;
        CHECK(f.store(kVa + 0xf000).ok());
        CHECK(f.memory.exchanges == updates);
    }
    CHECK(members.size() > 8);
}

TEST_CASE("without the choice the walked member is updated") {
    Fixture f{deciding(GroupDecision::Walked), kTcr | kTcrHa};
    f.low.map_pages(kVa, kRam, 16, (kUserPage | kContiguous) & ~kAccessFlag);
    f.touch(kVa + 0x5000);
    CHECK((f.memory.get(f.low.slot(kVa + 0x5000)) & kAccessFlag) != 0);
    CHECK(accessed_pages(f) == 1);
}

TEST_CASE("a block with nT faults only where the core has FEAT_BBM and does so") {
    for (const unsigned level : {0u, 1u, 2u}) {
        for (const bool faults : {false, true}) {
            mmu::MmuConfig config;
            config.features.bbm = level;
            config.nt_faults = faults;
            Fixture f{config};
            f.low.map(kVa, kRam, kUserPage | kNoTranslation, 2);
            CHECK(f.load(kVa).ok() == (level == 0 || !faults));
        }
    }
}
