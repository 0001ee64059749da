// Stage 1 of EL1&0 as the registers have it: what the checker needs of it.
#pragma once

#include <array>

#include "mmu/check/tracked_tables.h"

namespace mmu::check {

// What one half of TCR_EL1 says beside where the tables are.
struct HalfControls {
    unsigned output_bits{48};            // IPS
    bool hierarchical_attributes{true};  // not HPD
    bool el0_kept_out{false};            // E0PD
    arch::u8 shareability{0};            // SH: of pages too where the layout has no room for theirs
    friend bool operator==(const HalfControls&, const HalfControls&) = default;
};

struct CheckedRegime {
    bool mmu_on{false};
    arch::u16 asid{0};
    bool hardware_af{false};
    bool hardware_dirty{false};
    bool write_implies_xn{false};
    std::array<arch::u8, 8> mair{};
    std::array<TableRoot, 2> root{};  // TTBR0, TTBR1
    std::array<HalfControls, 2> half{};
    friend bool operator==(const CheckedRegime&, const CheckedRegime&) = default;
};

}  // namespace mmu::check
