// The registers that control stage 2 of EL1&0, decoded. Arm: AArch64.GetS2TTWParams, AArch64.S2StartLevel,
// AArch64.S2InvalidSL, AArch64.S2InconsistentSL, AArch64.S2TTBaseAddress.
#pragma once

#include "mmu/walk/translation_regime.h"

namespace mmu {

// Raw values, named as the registers are.
struct Stage2Registers {
    arch::u64 HCR_EL2{0};
    arch::u64 VTCR_EL2{0};
    arch::u64 VTTBR_EL2{0};
    friend bool operator==(const Stage2Registers&, const Stage2Registers&) = default;
};

struct Stage2Regime {
    bool on{false};                   // HCR_EL2.VM
    bool forces_write_back{false};    // HCR_EL2.FWB
    bool protects_walks{false};       // HCR_EL2.PTW
    bool manages_access_flag{false};  // VTCR_EL2.HA, where the core has it
    bool manages_dirty_state{false};  // VTCR_EL2.HD, likewise
    arch::u16 vmid{0};
    // table_base is that of up to 16 concatenated tables; walks_disabled: T0SZ and SL0 contradict each other.
    WalkParams walk{};

    [[nodiscard]] bool in_range(arch::u64 ipa) const { return (ipa >> walk.input_bits) == 0; }
};

[[nodiscard]] Stage2Regime decode_stage2(const Stage2Registers& registers, const MmuFeatures& features);

}  // namespace mmu
