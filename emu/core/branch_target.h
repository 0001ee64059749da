// Branch target identification (FEAT_BTI): what PSTATE.BTYPE an indirect branch leaves, and where it may land.
// Arm: BTypeCompatible_BTI, BTypeCompatible_PACIXSP.
#pragma once

#include "emu/isa/decoded_op.h"

namespace emu {

inline constexpr u8 kJumpAnywhereType = 0b01;  // BR X16 and X17, and any BR on a page that is not guarded
inline constexpr u8 kCallType = 0b10;
inline constexpr u8 kJumpType = 0b11;

// BTYPE that BR through register slot `rn` at `pc` leaves.
[[nodiscard]] u8 jump_type(const Pe& pe, u64 pc, u8 rn);

// PACIASP and PACIBSP at the current Exception level accept kJumpType: SCTLR_EL1.BT0, BT1 clear.
[[nodiscard]] bool pauth_lands_jumps(const Pe& pe);

// On a guarded page, whether `word` may be the target of a branch that left `btype`, which is not 0.
[[nodiscard]] bool is_landing_place(u32 word, u8 btype, bool pauth_lands_jumps);

}  // namespace emu
