// Access flag and dirty state, managed by hardware and not.
#include "mmu/walk/hw_update.h"

#include "tests/mmu/support/identities.h"

using namespace test;

namespace {

constexpr u64 kVa = 0x7f00'0001'0000;
constexpr u64 kBoth = kTcr | kTcrHa | kTcrHd;

mmu::MmuConfig with_hafdbs(unsigned level) {
    mmu::MmuConfig config;
    config.features.hafdbs = level;
    return config;
}
u64 descriptor(Fixture& f, u64 va) { return f.memory.get(f.low.slot(va)); }

}  // namespace

TEST_CASE("without hardware management a clear access flag faults, before permissions, and nothing is cached") {
    Fixture f;
    f.low.map(kVa, kRam, kUserReadOnly & ~kAccessFlag);
    const auto result = f.store(kVa);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == FaultKind::AccessFlag);
    CHECK(result.error().level == 3);
    CHECK(f.count(Event::DTLB_WALK) == 1);
    CHECK(f.count(Event::SIM_WALK_FAULT) == 1);
    f.memory.put(f.low.slot(kVa), descriptor(f, kVa) | kAccessFlag);
    CHECK(f.load(kVa).ok());  // no TLBI needed
    CHECK(f.record.source == Source::Walk);
    require_identities(f);
}

TEST_CASE("with HA the walk sets the access flag atomically and counts the update") {
    Fixture f{{}, kTcr | kTcrHa};
    f.low.map(kVa, kRam, kUserPage & ~kAccessFlag);
    CHECK(f.load(kVa).ok());
    CHECK((descriptor(f, kVa) & kAccessFlag) != 0);
    CHECK(f.memory.exchanges == 1);
    CHECK(f.count(Event::DTLB_HWUPD) == 1);
    CHECK(f.record.step_count == 5);
    CHECK(f.record.steps[4].update);
    CHECK(f.record.steps[4].descriptor_pa == f.low.slot(kVa));
    CHECK(f.record.steps[4].value == descriptor(f, kVa));
    CHECK(f.count(Event::DTLB_STEP) == 4);
}

TEST_CASE("fetches set the access flag and count on their side") {
    Fixture f{{}, kTcr | kTcrHa};
    f.low.map(kVa, kRam, kUserCode & ~kAccessFlag);
    CHECK(f.fetch(kVa).ok());
    CHECK(f.count(Event::ITLB_HWUPD) == 1);
    CHECK(f.count(Event::DTLB_HWUPD) == 0);
}

TEST_CASE("an access that may not happen sets no flag") {
    Fixture f{{}, kBoth};
    f.low.map(kVa, kRam, kUserReadOnly & ~kAccessFlag);
    CHECK(f.fault_of(f.store(kVa)) == FaultKind::Permission);
    CHECK((descriptor(f, kVa) & kAccessFlag) == 0);
    CHECK(f.memory.exchanges == 0);
}

TEST_CASE("the core's feature level limits what TCR asks for") {
    for (unsigned level : {0u, 1u, 2u}) {
        Fixture f{with_hafdbs(level), kBoth};
        f.low.map(kVa, kRam, kUserPage & ~kAccessFlag);
        f.low.map(kVa + 0x10'0000, kRam, kUserClean);
        CHECK(f.load(kVa).ok() == (level >= 1));
        CHECK(f.store(kVa + 0x10'0000).ok() == (level >= 2));
    }
}

TEST_CASE("the first write through a clean page makes the descriptor dirty, later ones do not") {
    Fixture f{{}, kBoth};
    f.low.map(kVa, kRam, kUserClean);
    CHECK(f.load(kVa).ok());
    CHECK((descriptor(f, kVa) & kReadOnly) != 0);
    CHECK(f.unit.host_tlb[0].write(kVa, 8) == nullptr);
    CHECK(f.store(kVa).ok());
    CHECK(f.record.source == Source::L1Hit);
    CHECK(f.record.step_count == 1);
    CHECK(f.record.steps[0].update);
    CHECK((descriptor(f, kVa) & kReadOnly) == 0);
    CHECK(f.unit.host_tlb[0].write(kVa, 8) != nullptr);
    CHECK(f.store(kVa).ok());
    CHECK(f.count(Event::DTLB_HWUPD) == 1);
    CHECK(f.count(Event::DTLB_WALK) == 1);
    require_identities(f);
}

TEST_CASE("a write that walks sets access flag and dirty state in one update") {
    Fixture f{{}, kBoth};
    f.low.map(kVa, kRam, kUserClean & ~kAccessFlag);
    CHECK(f.store(kVa).ok());
    CHECK(descriptor(f, kVa) == ((kUserClean | kAccessFlag | kRam) & ~kReadOnly));
    CHECK(f.memory.exchanges == 1);
}

TEST_CASE("of a contiguous group only the walked descriptor is updated, and the entry is dirty for its reach") {
    mmu::MmuConfig config;
    config.contiguous = mmu::Contiguity::Hint;
    Fixture f{config, kBoth};
    f.low.map_pages(kVa, kRam, 16, kUserClean | kContiguous);
    f.touch(kVa + 0x3000);
    CHECK(f.store(kVa + 0x9000).ok());
    CHECK((descriptor(f, kVa + 0x3000) & kReadOnly) == 0);
    CHECK((descriptor(f, kVa + 0x9000) & kReadOnly) != 0);
    CHECK(f.store(kVa + 0xa000).ok());
    CHECK(f.count(Event::DTLB_HWUPD) == 1);
}

TEST_CASE("an L2 hit through a clean entry updates too, and both levels know") {
    mmu::MmuConfig config;
    config.l1d_tlb = {1, 0, "4K"};
    config.contiguous = mmu::Contiguity::Ignore;
    Fixture f{config, kBoth};
    f.low.map(kVa, kRam, kUserClean);
    f.low.map(kVa + 0x1000, kRam, kUserPage);
    f.touch(kVa);
    f.touch(kVa + 0x1000);
    CHECK(f.store(kVa).ok());
    CHECK(f.record.source == Source::L2Hit);
    f.touch(kVa + 0x1000);
    CHECK(f.store(kVa).ok());
    CHECK(f.record.source == Source::L2Hit);
    CHECK(f.count(Event::DTLB_HWUPD) == 1);
}

TEST_CASE("software that made the page dirty first is respected") {
    Fixture f{{}, kBoth};
    f.low.map(kVa, kRam, kUserClean);
    f.touch(kVa);
    f.memory.put(f.low.slot(kVa), descriptor(f, kVa) & ~kReadOnly);
    CHECK(f.store(kVa).ok());
    CHECK(f.memory.exchanges == 0);
    CHECK(f.count(Event::DTLB_HWUPD) == 0);
}

TEST_CASE("a clean entry whose descriptor is gone walks again instead of writing into it") {
    Fixture f{{}, kBoth};
    f.low.map(kVa, kRam, kUserClean);
    f.touch(kVa);
    f.low.unmap(kVa);
    CHECK(f.pa(kVa) == kRam);  // reads may use the stale entry
    CHECK(f.fault_of(f.store(kVa)) == FaultKind::Translation);
    CHECK(descriptor(f, kVa) == 0);
    f.low.map(kVa, kRam + 0x4000, kUserClean);
    CHECK(f.store(kVa).value().pa.value == kRam + 0x4000);
    require_identities(f);
}

TEST_CASE("an update that loses against another writer walks again") {
    Fixture f{{}, kBoth};
    f.low.map(kVa, kRam, kUserPage & ~kAccessFlag);
    unsigned races = 0;
    f.memory.before_exchange = [&](u64 pa) {
        if (++races <= 2) f.memory.put(pa, f.memory.get(pa) ^ u64{1} << 55);  // software flips a bit of its own
        if (races == 3) f.memory.put(pa, (f.memory.get(pa) & ~u64{0xffff'f000}) | (kRam + 0x7000));
    };
    CHECK(f.load(kVa).value().pa.value == kRam + 0x7000);
    CHECK(races == 4);
    CHECK(f.memory.exchanges == 4);
    CHECK(f.count(Event::DTLB_HWUPD) == 1);
    CHECK(f.count(Event::DTLB_WALK) == 1);
    CHECK((descriptor(f, kVa) & kAccessFlag) != 0);
}

TEST_CASE("memory that cannot be updated atomically gives the fault of its own") {
    Fixture f{{}, kBoth};
    f.low.map(kVa, kRam, kUserPage & ~kAccessFlag);
    f.memory.refuse_exchanges = true;
    CHECK(f.fault_of(f.load(kVa)) == FaultKind::UnsupportedAtomicUpdate);
    f.memory.refuse_exchanges = false;
    f.set_tcr(kBoth & ~u64{0x500});  // Non-cacheable walks
    CHECK(f.fault_of(f.load(kVa)) == FaultKind::UnsupportedAtomicUpdate);
    CHECK(f.memory.exchanges == 1);
}

TEST_CASE("AT and debuggers change no descriptor") {
    Fixture f{{}, kBoth};
    f.low.map(kVa, kRam, kUserClean & ~kAccessFlag);
    const auto result = f.unit.translate_address({.kind = AccessKind::Store}, arch::VirtualAddress{kVa + 5});
    REQUIRE(result.ok());
    CHECK(result.value().pa.value == kRam + 5);
    CHECK(f.memory.exchanges == 0);
    CHECK(f.count(Event::L1D_TLB) == 0);
    CHECK(f.count(Event::DTLB_WALK) == 0);
}
