#include "emu/core/branch_target.h"

#include "emu/core/pe.h"
#include "mmu/arch/sysreg_layout.h"
#include "mmu/mmu.h"

namespace emu {
namespace {

constexpr u32 kHintMask = 0xfffff01f;
constexpr u32 kHint = 0xd503201f;
constexpr u32 kPaciasp = 25;
constexpr u32 kPacibsp = 27;
constexpr u32 kExceptionMask = 0xffe0001f;
constexpr u32 kBrk = 0xd4200000;
constexpr u32 kHlt = 0xd4400000;

bool hint_lands(u32 number, u8 btype, bool pauth_lands_jumps) {
    switch (number) {
        case kPaciasp:
        case kPacibsp: return btype != kJumpType || pauth_lands_jumps;
        case 34: return btype != kJumpType;  // BTI c
        case 36: return btype != kCallType;  // BTI j
        case 38: return true;                // BTI jc
        default: return false;
    }
}

}  // namespace

u8 jump_type(const Pe& pe, u64 pc, u8 rn) {
    const bool anywhere = rn == 16 || rn == 17 || !pe.mmu->is_guarded(arch::VirtualAddress{pc});
    return anywhere ? kJumpAnywhereType : kJumpType;
}

bool pauth_lands_jumps(const Pe& pe) {
    const u64 sctlr = pe.sysreg(SysReg::SCTLR_EL1);
    return pe.el == 0 ? !arch::SCTLR_EL1::BT0::test(sctlr) : !arch::SCTLR_EL1::BT1::test(sctlr);
}

bool is_landing_place(u32 word, u8 btype, bool pauth_lands_jumps) {
    if ((word & kHintMask) == kHint) return hint_lands(word >> 5 & 0x7f, btype, pauth_lands_jumps);
    const u32 exception = word & kExceptionMask;
    return exception == kBrk || exception == kHlt;
}

}  // namespace emu
