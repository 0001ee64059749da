// The registers that control stage 1 of EL1&0, decoded once per register write into what a walk needs.
// Arm: AArch64.GetS1TTWParams, AArch64.S1TxSZFaults, AArch64.S1StartLevel, AArch64.S1TTBaseAddress,
// AArch64.PhysicalAddressSize.
#pragma once

#include <array>

#include "mmu/arch/granule.h"
#include "mmu/config.h"

namespace mmu {

// Raw values, named as the registers are.
struct RegimeRegisters {
    arch::u64 SCTLR_EL1{0};
    arch::u64 TCR_EL1{0};
    arch::u64 TTBR0_EL1{0};
    arch::u64 TTBR1_EL1{0};
    arch::u64 MAIR_EL1{0};
    friend bool operator==(const RegimeRegisters&, const RegimeRegisters&) = default;
};

// Walks of the addresses that one TTBR translates.
struct WalkParams {
    arch::Granule granule{arch::Granule::k4K};
    arch::AddressLayout layout{arch::AddressLayout::Bits48};
    unsigned input_bits{48};      // 64 - TxSZ
    unsigned output_bits{48};     // IPS, at most the core's and what the layout can express
    int start_level{0};           // -1: five levels
    arch::u64 table_base{0};      // of the start table, aligned to its size
    bool base_in_range{true};     // false: an Address size fault at level 0
    bool walks_disabled{false};   // EPD, or a TxSZ that no walk can be made for
    bool el0_kept_out{false};     // E0PD
    bool hierarchical_attributes{true};  // not HPD
    bool write_back_walks{true};  // IRGN, ORGN: hardware updates need Write-Back
    arch::u8 shareability{0};     // SH: of the pages too where the layout has no room for theirs
    // Bits of a virtual address, of data and of instructions, that must be copies of bit 55; the tag byte is one of them
    // unless it is ignored.
    std::array<arch::u64, 2> copies_of_bit_55{};

    [[nodiscard]] arch::TableFormat format() const { return {granule, layout}; }
    [[nodiscard]] bool top_byte_ignored(bool is_fetch) const { return (copies_of_bit_55[is_fetch] >> 56) == 0; }
};

struct TranslationRegime {
    bool mmu_on{false};
    bool write_implies_xn{false};   // WXN
    bool data_cacheable{false};     // SCTLR_EL1.C
    bool fetch_cacheable{false};    // SCTLR_EL1.I
    bool manages_access_flag{false};  // HA, where the core has it
    bool manages_dirty_state{false};  // HD, likewise
    arch::u16 asid{0};
    arch::u16 asid_mask{0xffff};
    unsigned pa_bits{48};
    std::array<arch::u8, 8> mair{};
    std::array<WalkParams, 2> half{};

    [[nodiscard]] const WalkParams& half_of(arch::u64 va) const { return half[(va >> 55) & 1]; }
    // Whether `va` lies in the half's range; the tag byte counts unless TBI (and not TBID, for a fetch).
    [[nodiscard]] bool in_range(arch::u64 va, bool is_fetch) const {
        const arch::u64 bit_55 = (va >> 55) & 1;
        return ((va ^ (0 - bit_55)) & half[bit_55].copies_of_bit_55[is_fetch]) == 0;
    }
};

// Of IPS or PS, as far as the layout and the core have so many. Arm: AArch64.PhysicalAddressSize.
[[nodiscard]] unsigned output_bits_of(arch::u64 ips, arch::AddressLayout layout, unsigned pa_bits);
// IRGN or ORGN.
[[nodiscard]] constexpr bool is_write_back(arch::u64 rgn) { return rgn == 1 || rgn == 3; }

[[nodiscard]] TranslationRegime decode_regime(const RegimeRegisters& registers, const MmuFeatures& features);

}  // namespace mmu
