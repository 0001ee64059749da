// VMSAv8-64 stage 1 descriptors, EL1&0 regime, output addresses of 48 or 52 bits.
// Arm: "VMSAv8-64 translation table format descriptors".
#pragma once

#include "mmu/arch/bits.h"
#include "mmu/arch/granule.h"

namespace arch {

enum class DescriptorType : u8 { Invalid, Table, Block, Page };

struct Descriptor {
    u64 raw{0};

    // Leaf (block and page) fields.
    using Valid = BitField<0>;
    using TableOrPage = BitField<1>;
    using AttrIndx = BitField<4, 2>;
    using NS = BitField<5>;
    using AP1 = BitField<6>;  // 1: EL0 may access
    using AP2 = BitField<7>;  // 1: read only
    using SH = BitField<9, 8>;
    using AF = BitField<10>;
    using nG = BitField<11>;
    using nT = BitField<16>;  // block entries, FEAT_BBM
    using GP = BitField<50>;
    using DBM = BitField<51>;
    using Contiguous = BitField<52>;
    using PXN = BitField<53>;
    using UXN = BitField<54>;
    using Software = BitField<58, 55>;
    // Table fields.
    using PXNTable = BitField<59>;
    using UXNTable = BitField<60>;
    using APTable = BitField<62, 61>;
    using NSTable = BitField<63>;
    // Next-table or output address of 48 bits, before alignment to the granule or block.
    using OutputAddress = BitField<47, 12>;

    // `level` is -1..3. A reserved encoding (bits [1:0] = 01 where no block exists, or 01 at level 3)
    // is Invalid: it gives a translation fault.
    [[nodiscard]] constexpr DescriptorType type_at(Granule g, int level, AddressLayout layout = AddressLayout::Bits48) const {
        if (!Valid::test(raw)) return DescriptorType::Invalid;
        if (level == kLeafLevel) return TableOrPage::test(raw) ? DescriptorType::Page : DescriptorType::Invalid;
        if (TableOrPage::test(raw)) return DescriptorType::Table;
        return leaf_allowed(g, level, layout) ? DescriptorType::Block : DescriptorType::Invalid;
    }
    [[nodiscard]] constexpr u64 next_table(Granule g, AddressLayout layout = AddressLayout::Bits48) const {
        return address(page_size(g), layout);
    }
    [[nodiscard]] constexpr u64 output_address(Granule g, int level, AddressLayout layout = AddressLayout::Bits48) const {
        return address(level_size(g, level), layout);
    }
    [[nodiscard]] constexpr DescriptorType type_at(TableFormat f, int level) const { return type_at(f.granule, level, f.layout); }
    [[nodiscard]] constexpr u64 next_table(TableFormat f) const { return next_table(f.granule, f.layout); }
    [[nodiscard]] constexpr u64 output_address(TableFormat f, int level) const { return output_address(f.granule, level, f.layout); }
    template <class Field>
    [[nodiscard]] constexpr u64 get() const { return Field::get(raw); }
    template <class Field>
    [[nodiscard]] constexpr bool test() const { return Field::test(raw); }
    template <class Field>
    [[nodiscard]] constexpr Descriptor with(u64 value) const { return Descriptor{Field::set(raw, value)}; }

    // The bits that are, or could be, of an address.
    [[nodiscard]] static constexpr u64 address_mask(AddressLayout layout) {
        return layout == AddressLayout::Bits52Ds ? BitField<49, 12>::kMask | BitField<9, 8>::kMask : OutputAddress::kMask;
    }

    friend constexpr bool operator==(Descriptor, Descriptor) = default;

private:
    [[nodiscard]] constexpr u64 address(u64 alignment, AddressLayout layout) const {
        switch (layout) {
            case AddressLayout::Bits52Lpa:
                return align_down(raw & OutputAddress::kMask, alignment) | BitField<15, 12>::get(raw) << 48;
            case AddressLayout::Bits52Ds:
                return align_down(raw & BitField<49, 12>::kMask, alignment) | BitField<9, 8>::get(raw) << 50;
            case AddressLayout::Bits48: break;
        }
        return align_down(raw & OutputAddress::kMask, alignment);
    }
};

}  // namespace arch
