// Memory types of two stages in one. Arm: AArch64.S2ApplyFWBMemAttrs, S2CombineS1MemAttrs, S2CombineS1Shareability.
#pragma once

#include "mmu/arch/bits.h"

namespace mmu {

// `stage1` is a byte of MAIR_EL1; `stage2` MemAttr of the stage 2 leaf, as HCR_EL2.FWB has it. Returns a byte as of MAIR_EL1.
[[nodiscard]] arch::u8 combined_attribute(arch::u8 stage1, unsigned stage2, bool forces_write_back);

// SH of both stages: the wider domain; Device and Non-cacheable memory is Outer Shareable.
[[nodiscard]] arch::u8 combined_shareability(arch::u8 stage1, arch::u8 stage2, arch::u8 attribute);

}  // namespace mmu
