#include "emu/core/sysregs.h"

#include "emu/core/bus.h"
#include "emu/core/core_config.h"
#include "emu/core/exceptions.h"
#include "emu/core/interrupts.h"
#include "emu/core/pe.h"
#include "emu/core/timer.h"
#include "mmu/mmu.h"

namespace emu {
namespace {

// op0 is 2 or 3, so 15 bits tell all keys apart.
constexpr std::size_t kKeyCount = std::size_t{1} << 15;

constexpr std::size_t slot_of(u64 key) { return key & (kKeyCount - 1); }

std::array<u8, kKeyCount> build_table() {
    std::array<u8, kKeyCount> table;
    table.fill(kNoSysReg);
    for (std::size_t i = 0; i < kSysRegCount; ++i) table[slot_of(kSysRegs[i].key)] = static_cast<u8>(i);
    return table;
}

const std::array<u8, kKeyCount> kTable = build_table();

bool sctlr(const Pe& pe, u64 mask) { return (pe.sysreg(SysReg::SCTLR_EL1) & mask) != 0; }
bool cntkctl(const Pe& pe, u64 mask) { return (pe.sysreg(SysReg::CNTKCTL_EL1) & mask) != 0; }
bool pmuserenr(const Pe& pe, u64 mask) { return (pe.sysreg(SysReg::PMUSERENR_EL0) & mask) != 0; }

// The control named by `gate` lets EL0 in.
bool gate_open(const Pe& pe, SysRegGate gate, bool write, SysReg r) {
    switch (gate) {
        case SysRegGate::Never: return false;
        case SysRegGate::Read: return !write;
        case SysRegGate::ReadWrite: return true;
        case SysRegGate::CacheType: return sctlr(pe, arch::SCTLR_EL1::UCT::kMask);
        case SysRegGate::InterruptMask: return sctlr(pe, arch::SCTLR_EL1::UMA::kMask);
        case SysRegGate::CounterFrequency: return cntkctl(pe, 3);
        case SysRegGate::PhysicalCounter: return cntkctl(pe, 1);
        case SysRegGate::VirtualCounter: return cntkctl(pe, 2);
        case SysRegGate::VirtualTimer: return cntkctl(pe, 1 << 8);
        case SysRegGate::PhysicalTimer: return cntkctl(pe, 1 << 9);
        case SysRegGate::DebugChannel: return !arch::BitField<12>::test(pe.sysreg(SysReg::MDSCR_EL1));
        case SysRegGate::Monitors: return pmuserenr(pe, 1);
        case SysRegGate::MonitorsSoftware: return pmuserenr(pe, 3);
        case SysRegGate::MonitorsCycle: return pmuserenr(pe, write ? 1 : 5);
        case SysRegGate::MonitorsEvent: return pmuserenr(pe, !write || r == SysReg::PMSELR_EL0 ? 9 : 1);
    }
    return false;
}

// At EL0 a closed gate is UNDEFINED if nothing could open it for this direction, and a trap otherwise.
SysRegAccess check_at_el0(const Pe& pe, const SysRegInfo& info, bool write, SysReg r) {
    const bool never_written = info.gate == SysRegGate::Read || info.gate == SysRegGate::CounterFrequency ||
                               info.gate == SysRegGate::DebugChannel;
    if (info.gate == SysRegGate::Never || (never_written && write)) return SysRegAccess::Undefined;
    return gate_open(pe, info.gate, write, r) ? SysRegAccess::Allowed : SysRegAccess::Trapped;
}

// FPCR.FZ16 exists with half-precision arithmetic.
void write_fp(Pe& pe, SysReg r, u64 value) {
    const bool half = pe.features.has(Feature::FP16);
    if (r == SysReg::FPSR) pe.fpsr = static_cast<u32>(value);
    else pe.fpcr = static_cast<u32>(half ? value : value & ~(u64{1} << 19));
}

u64 read_pstate(const Pe& pe, SysReg r) {
    switch (r) {
        case SysReg::SPSel: return pe.sp_select;
        case SysReg::CurrentEL: return u64{pe.el} << 2;
        case SysReg::PAN: return pe.pan ? arch::SPSR_EL1::PAN::kMask : 0;
        case SysReg::UAO: return pe.uao ? arch::SPSR_EL1::UAO::kMask : 0;
        case SysReg::SSBS: return pe.ssbs ? arch::SPSR_EL1::SSBS::kMask : 0;
        case SysReg::DIT: return pe.dit ? arch::SPSR_EL1::DIT::kMask : 0;
        case SysReg::NZCV: return pe.nzcv;
        default: return pe.daif;
    }
}

void write_pstate(Pe& pe, SysReg r, u64 value) {
    switch (r) {
        case SysReg::SPSel: return select_sp(pe, static_cast<unsigned>(value & 1));
        case SysReg::PAN: return set_pan(pe, value != 0);
        case SysReg::UAO: return set_uao(pe, value != 0);
        case SysReg::SSBS: pe.ssbs = value != 0; return;
        case SysReg::DIT: pe.dit = value != 0; return;
        case SysReg::NZCV: pe.nzcv = static_cast<u32>(value); return;
        default: pe.daif = static_cast<u32>(value); return mask_changed(pe);
    }
}

// CSSELR_EL1: InD in bit 0, level - 1 in bits 3:1.
u64 cache_size(const Pe& pe) {
    switch (pe.sysreg(SysReg::CSSELR_EL1)) {
        case 0: return pe.config->ccsidr_l1d;
        case 1: return pe.config->ccsidr_l1i;
        case 2: return pe.config->ccsidr_l2;
        default: return 0;
    }
}

u64 zero_block_size(const Pe& pe) {
    const bool prohibited = pe.el == 0 && !sctlr(pe, arch::SCTLR_EL1::DZE::kMask);
    return pe.config->dczid | (prohibited ? u64{1} << 4 : 0);
}

// Bits of SCTLR_EL1 and TCR_EL1 that features bring.
struct FeatureBits {
    Feature feature;
    u64 sctlr;
    u64 tcr;
};
constexpr FeatureBits kFeatureBits[] = {
    {Feature::SSBS, arch::SCTLR_EL1::DSSBS::kMask, 0},
    {Feature::BTI, arch::SCTLR_EL1::BT0::kMask | arch::SCTLR_EL1::BT1::kMask, 0},
    {Feature::PAuth,
     arch::SCTLR_EL1::EnIA::kMask | arch::SCTLR_EL1::EnIB::kMask | arch::SCTLR_EL1::EnDA::kMask | arch::SCTLR_EL1::EnDB::kMask,
     arch::TCR_EL1::TBID0::kMask | arch::TCR_EL1::TBID1::kMask},
};

u64 control(const Pe& pe, u64 value) {
    for (const FeatureBits& f : kFeatureBits)
        if (!pe.features.has(f.feature)) value &= ~f.sctlr;
    return value;
}

u64 translation_control(const Pe& pe, u64 value) {
    if (pe.config->hafdbs < 1) value &= ~arch::TCR_EL1::HA::kMask;
    if (pe.config->hafdbs < 2) value &= ~arch::TCR_EL1::HD::kMask;
    const mmu::MmuFeatures& translation = pe.mmu->features();
    if (!translation.e0pd) value &= ~(arch::TCR_EL1::E0PD0::kMask | arch::TCR_EL1::E0PD1::kMask);
    if (!translation.lpa2_4k && !translation.lpa2_16k) value &= ~arch::TCR_EL1::DS::kMask;
    for (const FeatureBits& f : kFeatureBits)
        if (!pe.features.has(f.feature)) value &= ~f.tcr;
    return value;
}

// OSLAR_EL1 sets OSLSR_EL1.OSLK.
void lock_debug(Pe& pe, u64 value) {
    pe.sysreg(SysReg::OSLSR_EL1) = 8 | (value & 1) << 1;
    update_derived_state(pe);
}

void store_masked(Pe& pe, u8 row, u64 value) {
    const u64 mask = kSysRegs[row].write_mask;
    u64& stored = pe.sys.value[row];
    stored = (stored & ~mask) | (value & mask);
}

}  // namespace

SysRegSet absent_sysregs(const CoreFeatures& features) {
    struct Need {
        SysReg first, last;
        Feature feature;
    };
    constexpr Need kNeeds[] = {{SysReg::PAN, SysReg::PAN, Feature::PAN},
                               {SysReg::UAO, SysReg::UAO, Feature::UAO},
                               {SysReg::SSBS, SysReg::SSBS, Feature::SSBS},
                               {SysReg::DIT, SysReg::DIT, Feature::DIT},
                               {SysReg::FPCR, SysReg::FPSR, Feature::FP},
                               {SysReg::APIAKeyLo_EL1, SysReg::APGAKeyHi_EL1, Feature::PAuth}};
    SysRegSet absent;
    for (const Need& need : kNeeds)
        for (auto row = static_cast<std::size_t>(need.first); row <= static_cast<std::size_t>(need.last); ++row)
            absent[row] = !features.has(need.feature);
    return absent;
}

u8 find_sysreg(u64 key) { return kTable[slot_of(key)]; }

SysRegAccess check_sysreg(const Pe& pe, u8 row, bool write) {
    const SysRegInfo& info = kSysRegs[row];
    const auto r = static_cast<SysReg>(row);
    if (info.rights == (write ? SysRegRights::RO : SysRegRights::WO)) return SysRegAccess::Undefined;
    if (pe.absent_sysregs[row]) return SysRegAccess::Undefined;
    if (info.hook == SysRegHook::FloatingPoint && !pe.fp_enabled) return SysRegAccess::FpTrapped;
    // SP_EL0 is not accessible by name while it is the selected stack pointer.
    if (r == SysReg::SP_EL0 && pe.el == 1 && pe.sp_select == 0) return SysRegAccess::Undefined;
    return pe.el == 0 ? check_at_el0(pe, info, write, r) : SysRegAccess::Allowed;
}

u64 read_sysreg(Pe& pe, u8 row) {
    switch (kSysRegs[row].hook) {
        case SysRegHook::StackPointer: return pe.sp_el[0];
        case SysRegHook::Pstate: return read_pstate(pe, static_cast<SysReg>(row));
        case SysRegHook::FloatingPoint: return static_cast<SysReg>(row) == SysReg::FPCR ? pe.fpcr : pe.fpsr;
        case SysRegHook::CacheSize: return cache_size(pe);
        case SysRegHook::ZeroBlockSize: return zero_block_size(pe);
        case SysRegHook::Timer: return read_timer(pe, row);
        case SysRegHook::Pmu: return read_pmu(pe, row);
        case SysRegHook::Interrupts: return pending_interrupts(pe);
        case SysRegHook::OsLock: return 0;
        case SysRegHook::Plain:
        case SysRegHook::Regime:
        case SysRegHook::Debug:
        case SysRegHook::Control:
        case SysRegHook::TranslationControl:
        case SysRegHook::TranslationTableBase: break;
    }
    return pe.sys.value[row];
}

void write_sysreg(Pe& pe, u8 row, u64 value) {
    const SysRegHook hook = kSysRegs[row].hook;
    switch (hook) {
        case SysRegHook::StackPointer: pe.sp_el[0] = value; return;
        case SysRegHook::Pstate: return write_pstate(pe, static_cast<SysReg>(row), value & kSysRegs[row].write_mask);
        case SysRegHook::FloatingPoint: return write_fp(pe, static_cast<SysReg>(row), value & kSysRegs[row].write_mask);
        case SysRegHook::Timer: return write_timer(pe, row, value);
        case SysRegHook::Pmu: return write_pmu(pe, row, value);
        case SysRegHook::OsLock: return lock_debug(pe, value);
        case SysRegHook::Control: value = control(pe, value); break;
        case SysRegHook::TranslationControl: value = translation_control(pe, value); break;
        case SysRegHook::TranslationTableBase: pe.counters->count(mmu::Event::TTBR_WRITE_RETIRED); break;
        case SysRegHook::Plain:
        case SysRegHook::Regime:
        case SysRegHook::Debug:
        case SysRegHook::Interrupts:
        case SysRegHook::CacheSize:
        case SysRegHook::ZeroBlockSize: break;
    }
    store_masked(pe, row, value);
    if (hook == SysRegHook::Debug) update_derived_state(pe);
    else if (hook != SysRegHook::Plain) apply_regime(pe);
}

void apply_regime(Pe& pe) {
    pe.mmu->set_regime({.SCTLR_EL1 = pe.sysreg(SysReg::SCTLR_EL1),
                        .TCR_EL1 = pe.sysreg(SysReg::TCR_EL1),
                        .TTBR0_EL1 = pe.sysreg(SysReg::TTBR0_EL1),
                        .TTBR1_EL1 = pe.sysreg(SysReg::TTBR1_EL1),
                        .MAIR_EL1 = pe.sysreg(SysReg::MAIR_EL1)});
    update_derived_state(pe);
}

}  // namespace emu
