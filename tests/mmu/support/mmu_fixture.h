// An Mmu with memory and tables for both halves: 4K granule, 48 bits, unless a test says otherwise.
#pragma once

#include "mmu/mmu.h"
#include "tests/mmu/support/table_builder.h"

namespace test {

using arch::FaultKind;
using mmu::AccessKind;
using mmu::Event;
using Source = mmu::LookupRecord::Source;

inline constexpr u64 kRam = FakeMemory::kBase;
inline constexpr u64 kTables = kRam + (u64{128} << 20);  // table pool of the lower half
inline constexpr u64 kUpperTables = kTables + (u64{64} << 20);
inline constexpr u64 kKernelVa = 0xffff'0000'0000'0000;
// SCTLR_EL1: M, C, I. MAIR_EL1 as Linux: 0 Normal Write-Back, 2 Normal Non-cacheable, 3 Device-nGnRnE.
inline constexpr u64 kSctlr = 0x1005;
inline constexpr u64 kMair = 0x0000'0000'0044'ffff;
// TCR_EL1: 48 bits, 4K, Write-Back Inner Shareable walks of both halves, 48-bit output, 16-bit ASID.
inline constexpr u64 kTcr = 0x0000'0015'b510'3510;
inline constexpr u64 kTcrHa = u64{1} << 39;
inline constexpr u64 kTcrHd = u64{1} << 40;

// Neoverse N1 where each walk is one that somebody asked for.
inline mmu::MmuConfig without_prefetch() {
    mmu::MmuConfig config;
    config.prefetch = mmu::Prefetch::Off;
    return config;
}

struct Fixture {
    explicit Fixture(const mmu::MmuConfig& config = {}, u64 tcr = kTcr,
                     arch::Granule granule = arch::Granule::k4K, unsigned input_bits = 48)
        : low{memory, kTables, granule, input_bits}, high{memory, kUpperTables}, unit{config, memory, counters} {
        registers = {.SCTLR_EL1 = kSctlr, .TCR_EL1 = tcr, .TTBR0_EL1 = low.root(), .TTBR1_EL1 = high.root(), .MAIR_EL1 = kMair};
        set_asid(1);
    }

    void set_asid(u64 asid) {
        registers.TTBR0_EL1 = (registers.TTBR0_EL1 & arch::low_mask(48)) | asid << 48;
        unit.set_regime(registers);
    }
    void set_tcr(u64 tcr) {
        registers.TCR_EL1 = tcr;
        unit.set_regime(registers);
    }

    mmu::TranslateResult access(AccessKind kind, u64 va, unsigned el = 0, bool pan = false) {
        const mmu::AccessDescriptor descriptor{.kind = kind, .el = static_cast<u8>(el), .pan = pan};
        return unit.translate(descriptor, arch::VirtualAddress{va}, record);
    }
    mmu::TranslateResult load(u64 va, unsigned el = 0) { return access(AccessKind::Load, va, el); }
    mmu::TranslateResult store(u64 va, unsigned el = 0) { return access(AccessKind::Store, va, el); }
    mmu::TranslateResult fetch(u64 va, unsigned el = 0) { return access(AccessKind::Fetch, va, el); }
    // Accesses for their effect on the TLBs.
    void touch(u64 va, unsigned el = 0) { static_cast<void>(load(va, el)); }
    void touch_write(u64 va, unsigned el = 0) { static_cast<void>(store(va, el)); }
    // Physical address of a load that must succeed; 0 if it faults.
    u64 pa(u64 va, unsigned el = 0) {
        const auto result = load(va, el);
        return result ? result.value().pa.value : 0;
    }
    FaultKind fault_of(const mmu::TranslateResult& result) { return result ? FaultKind::None : result.error().kind; }

    unsigned tlbi_va(u64 va, u64 bytes = 4096, u64 asid = 1) {
        arch::TlbInvalidation tlbi;
        tlbi.scope = arch::TlbInvalidation::Scope::VaAsid;
        tlbi.asid = static_cast<arch::u16>(asid);
        tlbi.va = va;
        tlbi.bytes = bytes;
        return unit.invalidate(tlbi);
    }
    unsigned tlbi_all() { return unit.invalidate({}); }

    // A count over both Exception levels, memo hits included.
    u64 count(Event event) {
        unit.sync_counters();
        return counters.by_el[0][event] + counters.by_el[1][event];
    }

    FakeMemory memory;
    mmu::Counters counters;
    TableBuilder low;
    TableBuilder high;
    mmu::Mmu unit;
    mmu::RegimeRegisters registers;
    mmu::LookupRecord record;
};

}  // namespace test
