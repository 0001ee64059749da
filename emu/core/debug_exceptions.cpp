#include "emu/core/debug_exceptions.h"

#include <algorithm>
#include <bit>

#include "emu/core/pe.h"
#include "mmu/arch/sysreg_layout.h"

namespace emu {

using arch::BitField;
using arch::ExceptionClass;

namespace {

constexpr u32 kDebugStatus = 0b100010;   // DFSC and IFSC of debug exceptions
constexpr u32 kStepValid = 1u << 24;     // ISS.ISV
constexpr u32 kStepExclusive = 1u << 6;  // ISS.EX
constexpr unsigned kBreakpoints = 6;
constexpr unsigned kWatchpoints = 4;

struct MDSCR_EL1 {
    using SS = BitField<0>;
    using KDE = BitField<13>;
    using MDE = BitField<15>;
};
struct OSLSR_EL1 {
    using OSLK = BitField<1>;
};
struct DBGBCR_EL1 {
    using E = BitField<0>;
    using PMC = BitField<2, 1>;  // 1 EL1, 2 EL0
    using BAS = BitField<8, 5>;
    using BT = BitField<23, 20>;
};
struct DBGWCR_EL1 {
    using E = BitField<0>;
    using PAC = BitField<2, 1>;
    using LSC = BitField<4, 3>;  // 1 loads, 2 stores
    using BAS = BitField<12, 5>;
    using WT = BitField<20>;
    using MASK = BitField<28, 24>;
};

u64 numbered(const Pe& pe, SysReg first, unsigned n) {
    return pe.sys.value[static_cast<std::size_t>(first) + n];
}

// PMC and PAC: bit 0 for EL1, bit 1 for EL0.
bool for_level(u64 control, unsigned el) {
    return (control & (el == 0 ? 2 : 1)) != 0;
}

bool any_enabled(const Pe& pe, SysReg first, unsigned count) {
    for (unsigned n = 0; n < count; ++n)
        if ((numbered(pe, first, n) & 1) != 0) return true;
    return false;
}

bool breakpoint_matches(const Pe& pe, unsigned n) {
    const u64 control = numbered(pe, SysReg::DBGBCR0_EL1, n);
    if (!DBGBCR_EL1::E::test(control) || DBGBCR_EL1::BT::test(control)) return false;
    if (!for_level(DBGBCR_EL1::PMC::get(control), pe.el) || (DBGBCR_EL1::BAS::get(control) & 1) == 0) return false;
    constexpr u64 kCompared = arch::low_mask(49) & ~u64{3};
    return ((numbered(pe, SysReg::DBGBVR0_EL1, n) ^ pe.pc) & kCompared) == 0;
}

struct Range {
    u64 first{1};
    u64 last{0};  // first > last: empty
};

// Bytes that watchpoint `n` watches: by MASK a power of two, else those of a doubleword that BAS selects, which are
// contiguous.
Range watched(const Pe& pe, unsigned n) {
    const u64 control = numbered(pe, SysReg::DBGWCR0_EL1, n);
    const u64 value = numbered(pe, SysReg::DBGWVR0_EL1, n);
    const auto mask = static_cast<unsigned>(DBGWCR_EL1::MASK::get(control));
    if (mask != 0) return {arch::align_down(value, u64{1} << mask), value | arch::low_mask(mask)};
    const auto bytes = static_cast<u8>(DBGWCR_EL1::BAS::get(control));
    if (bytes == 0) return {};
    const u64 base = arch::align_down(value, 8);
    return {base + static_cast<unsigned>(std::countr_zero(bytes)),
            base + 7 - static_cast<unsigned>(std::countl_zero(bytes))};
}

bool watches(u64 control, mmu::AccessKind kind, unsigned el) {
    const bool writes = kind == mmu::AccessKind::Store || kind == mmu::AccessKind::ZeroBlock;
    const u64 wanted = kind == mmu::AccessKind::Atomic ? 3 : writes ? 2 : 1;
    return DBGWCR_EL1::E::test(control) && !DBGWCR_EL1::WT::test(control) &&
           for_level(DBGWCR_EL1::PAC::get(control), el) && (DBGWCR_EL1::LSC::get(control) & wanted) != 0;
}

}  // namespace

bool generates_debug_exceptions(const Pe& pe, unsigned el, u32 daif) {
    if (OSLSR_EL1::OSLK::test(pe.sysreg(SysReg::OSLSR_EL1))) return false;
    if (el == 0) return true;
    return MDSCR_EL1::KDE::test(pe.sysreg(SysReg::MDSCR_EL1)) && !arch::SPSR_EL1::D::test(daif);
}

void update_debug_state(Pe& pe) {
    const u64 control = pe.sysreg(SysReg::MDSCR_EL1);
    const bool enabled = control != 0 && generates_debug_exceptions(pe, pe.el, pe.daif);
    const bool monitors = enabled && MDSCR_EL1::MDE::test(control);
    pe.debug.step = enabled && MDSCR_EL1::SS::test(control);
    pe.debug.breakpoints = monitors && any_enabled(pe, SysReg::DBGBCR0_EL1, kBreakpoints);
    pe.debug.watchpoints = monitors && any_enabled(pe, SysReg::DBGWCR0_EL1, kWatchpoints);
    pe.debug_active = pe.debug.active();
}

bool step_bit_after_return(const Pe& pe, u64 spsr, bool enabled_at_source) {
    if (!MDSCR_EL1::SS::test(pe.sysreg(SysReg::MDSCR_EL1)) || enabled_at_source) return false;
    return arch::SPSR_EL1::SS::test(spsr) && generates_debug_exceptions(pe, pe.el, pe.daif);
}

bool step_is_due(const Pe& pe) {
    return pe.debug.step && !pe.debug.pstate_ss;
}

ExceptionRequest step_exception(const Pe& pe) {
    const u32 valid = pe.debug.stepped ? kStepValid : 0;
    const u32 exclusive = pe.debug.stepped_exclusive ? kStepExclusive : 0;
    return {.exception_class = ExceptionClass::StepLower, .iss = kDebugStatus | valid | exclusive};
}

void note_stepped(Pe& pe, OpClass executed) {
    if (!pe.debug.step) return;
    pe.debug.pstate_ss = false;
    pe.debug.stepped = true;
    pe.debug.stepped_exclusive = executed == OpClass::LoadExclusive;
}

bool breakpoint_matches(const Pe& pe) {
    if (!pe.debug.breakpoints) return false;
    for (unsigned n = 0; n < kBreakpoints; ++n)
        if (breakpoint_matches(pe, n)) return true;
    return false;
}

ExceptionRequest breakpoint_exception() {
    return {.exception_class = ExceptionClass::BreakpointLower, .iss = kDebugStatus};
}

bool watchpoint_hits(Pe& pe, u64 va, unsigned bytes, mmu::AccessKind kind, unsigned el) {
    if (kind > mmu::AccessKind::Atomic && kind != mmu::AccessKind::ZeroBlock) return false;
    for (unsigned n = 0; n < kWatchpoints; ++n) {
        if (!watches(numbered(pe, SysReg::DBGWCR0_EL1, n), kind, el)) continue;
        const Range range = watched(pe, n);
        if (range.first > range.last || va > range.last || va + bytes - 1 < range.first) continue;
        const bool writes = kind == mmu::AccessKind::Store || kind == mmu::AccessKind::ZeroBlock;
        pe.fault = {.exception_class = ExceptionClass::WatchpointLower,
                    .has_far = true,
                    .iss = kDebugStatus | static_cast<u32>(writes ? arch::ESR_EL1::WnR::kMask : 0),
                    .far = std::max(va, range.first)};
        return true;
    }
    return false;
}

}  // namespace emu
