// What a translation yields, faults with, and counts.
#include "tests/mmu/support/identities.h"

using namespace test;

namespace {

constexpr u64 kVa = 0x7f00'0000'0000;

struct Counts {
    u64 lookups, refills, l2_lookups, l2_refills, walks, faults;
    friend bool operator==(const Counts&, const Counts&) = default;
};
Counts data_counts(Fixture& f) {
    return {f.count(Event::L1D_TLB),        f.count(Event::L1D_TLB_REFILL), f.count(Event::L2D_TLB),
            f.count(Event::L2D_TLB_REFILL), f.count(Event::DTLB_WALK),      f.count(Event::SIM_WALK_FAULT)};
}

}  // namespace

TEST_CASE("a first load walks, a second hits L1, and after eviction L2 serves") {
    mmu::MmuConfig config;
    config.l1d_tlb.entries = 1;
    config.contiguous = mmu::Contiguity::Ignore;
    Fixture f{config};
    f.low.map_pages(kVa, kRam, 2, kUserPage);
    CHECK(f.pa(kVa + 0x10) == kRam + 0x10);
    CHECK(f.record.source == Source::Walk);
    CHECK(f.record.l1_slot == 0);
    CHECK(f.record.l2_slot != mmu::kNoSlot);
    CHECK(f.record.step_count == 4);
    CHECK(f.record.steps[0].descriptor_pa == f.low.root() + 8 * 254);
    CHECK(f.record.steps[0].level == 0);
    CHECK(f.record.steps[3].value == (kUserPage | kRam));
    const auto slot = f.record.l2_slot;
    CHECK(f.pa(kVa + 0x20) == kRam + 0x20);
    CHECK(f.record.source == Source::L1Hit);
    CHECK(f.record.l2_slot == mmu::kNoSlot);
    f.touch(kVa + 0x1000);
    CHECK(f.pa(kVa) == kRam);
    CHECK(f.record.source == Source::L2Hit);
    CHECK(f.record.l2_slot == slot);
    CHECK(data_counts(f) == Counts{4, 3, 3, 2, 2, 0});
    CHECK(f.count(Event::SIM_L2_HIT_4K) == 1);
    CHECK(f.count(Event::DTLB_STEP) == 5);
    require_identities(f);
}

TEST_CASE("each faulting access is lookup, refill and walk, and leaves no translation behind") {
    Fixture f;
    for (unsigned i = 0; i < 3; ++i) CHECK(f.fault_of(f.load(kVa)) == FaultKind::Translation);
    CHECK(f.record.faulted);
    CHECK(f.record.source == Source::Walk);
    CHECK(data_counts(f) == Counts{3, 3, 3, 3, 3, 3});
    f.low.map(kVa, kRam, kKernelPage);
    CHECK(f.fault_of(f.load(kVa)) == FaultKind::Permission);
    CHECK(f.load(kVa).error().level == 3);
    CHECK(data_counts(f) == Counts{5, 5, 5, 5, 5, 5});
    f.low.map(kVa, kRam, kUserPage);
    CHECK(f.load(kVa).ok());
    CHECK(f.record.source == Source::Walk);
    require_identities(f);
}

TEST_CASE("a fault names the level at which the walk stopped") {
    Fixture f;
    CHECK(f.load(kVa).error().level == 0);
    f.low.map(kVa + 0x40'0000'0000, kRam, kUserPage);  // another 256G: level 0 now has a table
    CHECK(f.load(kVa).error().level == 1);
    f.low.map(kVa + 0x4000'0000, kRam, kUserPage);
    CHECK(f.load(kVa).error().level == 1);
    f.low.map(kVa + 0x20'0000, kRam, kUserPage);
    CHECK(f.load(kVa).error().level == 2);
    f.low.map(kVa + 0x1000, kRam, kUserPage);
    CHECK(f.load(kVa).error().level == 3);
    CHECK(f.load(kVa + 5).error().va.value == kVa + 5);
}

TEST_CASE("addresses outside both ranges and disabled walks fault at level 0 without reading a descriptor") {
    Fixture f;
    CHECK(f.load(0x0001'0000'0000'0000).error().level == 0);
    CHECK(f.load(0xfffe'ffff'ffff'f000, 1).error().level == 0);
    f.low.map(kVa, kRam, kUserPage);
    f.touch(kVa);
    const u64 reads = f.memory.reads;
    f.set_tcr(kTcr | 0x80);  // EPD0
    CHECK(f.load(kVa).ok());  // a TLB hit needs no walk
    CHECK(f.tlbi_all() > 0);
    CHECK(f.fault_of(f.load(kVa)) == FaultKind::Translation);
    CHECK(f.memory.reads == reads);
    require_identities(f);
}

TEST_CASE("the top byte is ignored where TBI says so, and is otherwise part of the address") {
    Fixture f{{}, kTcr | u64{1} << 37};
    f.low.map(kVa, kRam, kUserPage);
    CHECK(f.pa(kVa | 0xab00'0000'0000'0008) == kRam + 8);
    CHECK(f.unit.host_tlb[0].read(kVa | 0xab00'0000'0000'0008, 8) != nullptr);
    CHECK(f.unit.host_tlb[0].read(kVa | 0xac00'0000'0000'0008, 8) == nullptr);
    f.touch(kVa);
    CHECK(f.record.source == Source::L1Hit);
    f.set_tcr(kTcr);
    CHECK(f.fault_of(f.load(kVa | 0xab00'0000'0000'0008)) == FaultKind::Translation);
}

TEST_CASE("outputs beyond the physical address size fault with Address size at the level of the descriptor") {
    mmu::MmuConfig config;
    config.features.pa_bits = 40;
    Fixture f{config};
    f.low.map(kVa, u64{1} << 40, kUserPage);
    f.low.map(kVa + 0x1000, (u64{1} << 40) - 0x1000, kUserPage);
    CHECK(f.fault_of(f.load(kVa)) == FaultKind::AddressSize);
    CHECK(f.load(kVa).error().level == 3);
    CHECK(f.pa(kVa + 0x1000) == (u64{1} << 40) - 0x1000);
    f.memory.put(f.low.slot(kVa, 1), u64{1} << 41 | 3);
    CHECK(f.tlbi_all() > 0);
    CHECK(f.load(kVa).error().level == 1);
}

TEST_CASE("a table outside memory is an external abort on the walk") {
    Fixture f;
    f.low.map(kVa, kRam, kUserPage);
    f.memory.put(f.low.slot(kVa, 2), 0x0900'0000 | 3);
    const auto result = f.load(kVa);
    CHECK(f.fault_of(result) == FaultKind::SyncExternalOnWalk);
    CHECK(result.error().level == 3);
    CHECK(result.error().on_walk);
}

TEST_CASE("attributes come from MAIR, and caches that are off make Normal memory Non-cacheable") {
    Fixture f;
    f.low.map(kVa, kRam, kUserPage);                     // attribute 0: 0xff
    f.low.map(kVa + 0x10'0000, kRam, kUserPage | 3 << 2);  // attribute 3: Device-nGnRnE
    CHECK(f.load(kVa).value().memory_attr == 0xff);
    CHECK(f.load(kVa).value().shareability == 3);
    CHECK(f.load(kVa + 0x10'0000).value().memory_attr == 0x00);
    f.registers.SCTLR_EL1 = kSctlr & ~u64{4};
    f.unit.set_regime(f.registers);
    CHECK(f.load(kVa).value().memory_attr == 0x44);
    CHECK(f.load(kVa + 0x10'0000).value().memory_attr == 0x00);
}

TEST_CASE("with the MMU off addresses are physical, data is Device, and no lookup is counted") {
    Fixture f;
    f.registers.SCTLR_EL1 = 0;
    f.unit.set_regime(f.registers);
    const auto data = f.load(kRam + 0x123, 1);
    REQUIRE(data.ok());
    CHECK(data.value().pa.value == kRam + 0x123);
    CHECK(data.value().memory_attr == 0x00);
    CHECK(f.record.source == Source::MmuOff);
    CHECK(f.fetch(kRam, 1).value().memory_attr == 0x44);
    f.registers.SCTLR_EL1 = 0x1000;  // I
    f.unit.set_regime(f.registers);
    CHECK(f.fetch(kRam, 1).value().memory_attr == 0xaa);
    CHECK(f.fault_of(f.load(u64{1} << 48, 1)) == FaultKind::AddressSize);
    CHECK(f.unit.host_tlb[1].read(kRam, 8) == nullptr);
    CHECK(data_counts(f) == Counts{0, 0, 0, 0, 0, 0});
    CHECK(f.count(Event::L1I_TLB) == 0);
}

TEST_CASE("ASIDs keep address spaces apart, and global pages belong to all") {
    Fixture f;
    f.low.map(kVa, kRam, kUserPage);
    f.low.map(kVa + 0x20'0000, kRam + 0x1000, kUserPage & ~u64{0x800});
    f.touch(kVa);
    f.touch(kVa + 0x20'0000);
    f.set_asid(2);
    f.touch(kVa);
    CHECK(f.record.source == Source::Walk);
    f.touch(kVa + 0x20'0000);
    CHECK(f.record.source == Source::L1Hit);
    f.set_asid(1);
    f.touch(kVa);
    CHECK(f.record.source == Source::L1Hit);
}

TEST_CASE("the ASID comes from the register that TCR.A1 names, with as many bits as TCR.AS says") {
    mmu::RegimeRegisters r{.TCR_EL1 = kTcr, .TTBR0_EL1 = 0x1234'0000'0000'0000, .TTBR1_EL1 = 0x5678'0000'0000'0000};
    CHECK(mmu::decode_regime(r, {}).asid == 0x1234);
    r.TCR_EL1 |= 1u << 22;
    CHECK(mmu::decode_regime(r, {}).asid == 0x5678);
    r.TCR_EL1 &= ~(u64{1} << 36);
    CHECK(mmu::decode_regime(r, {}).asid == 0x78);
    CHECK(mmu::decode_regime({.TCR_EL1 = kTcr, .TTBR0_EL1 = 0x1234'0000'0000'0000}, {.asid_bits = 8}).asid == 0x34);
}

TEST_CASE("a shared L2 serves what the other side has walked") {
    Fixture f;
    f.low.map(kVa, kRam, 0x0000'0000'0000'0fc3);  // readable and executable
    REQUIRE(f.fetch(kVa).ok());
    CHECK(f.record.source == Source::Walk);
    CHECK(f.load(kVa).ok());
    CHECK(f.record.source == Source::L2Hit);
    CHECK(f.count(Event::ITLB_WALK) == 1);
    CHECK(f.count(Event::DTLB_WALK) == 0);
    CHECK(f.count(Event::ITLB_STEP) == 4);
    require_identities(f);
}

TEST_CASE("prefetches and cache maintenance look up and fill, address translation does not") {
    Fixture f;
    f.low.map(kVa, kRam, kUserPage);
    CHECK(f.access(AccessKind::Prefetch, kVa).ok());
    CHECK(f.access(AccessKind::CacheMaintenance, kVa).ok());
    CHECK(data_counts(f) == Counts{2, 1, 1, 1, 1, 0});
    CHECK(f.unit.translate_address({.kind = AccessKind::Load}, arch::VirtualAddress{kVa + 7}).value().pa.value == kRam + 7);
    CHECK(f.unit.translate_address({.kind = AccessKind::Load}, arch::VirtualAddress{kVa + 0x1000}).error().kind ==
          FaultKind::Translation);
    CHECK(f.unit.translate_address({.kind = AccessKind::Load, .el = 1, .pan = true}, arch::VirtualAddress{kVa}).error().kind ==
          FaultKind::Permission);
    CHECK(data_counts(f) == Counts{2, 1, 1, 1, 1, 0});
}

TEST_CASE("saved TLB state continues exactly where it was") {
    Fixture original;
    original.low.map_pages(kVa, kRam, 200, kUserPage);
    const auto run = [](Fixture& f, u64 from) {
        for (u64 i = from; i < from + 300; ++i) f.touch(kVa + i * 7 % 200 * 0x1000);
    };
    run(original, 0);
    auto save = emu::Archive::saver();
    original.unit.serialize(save);
    Fixture copy;
    copy.low.map_pages(kVa, kRam, 200, kUserPage);
    auto load = emu::Archive::loader(save.saved());
    copy.unit.serialize(load);
    CHECK(copy.unit.state_hash() == original.unit.state_hash());
    const u64 before = original.count(Event::DTLB_WALK);
    run(original, 300);
    run(copy, 300);
    CHECK(copy.unit.state_hash() == original.unit.state_hash());
    CHECK(copy.count(Event::DTLB_WALK) == original.count(Event::DTLB_WALK) - before);
}
