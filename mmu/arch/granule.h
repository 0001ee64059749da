// Geometry of VMSAv8-64 translation tables as a function of granule and level. No other file may
// spell 12, 9, 0xfff or 512 for this purpose.
#pragma once

#include "mmu/arch/bits.h"

namespace arch {

enum class Granule : u8 { k4K, k16K, k64K };

// Where descriptors keep bits 51:48 of an address. Arm: AArch64.NextTableBase, AArch64.LeafBase.
enum class AddressLayout : u8 {
    Bits48,     // nowhere: addresses end at bit 47
    Bits52Lpa,  // 64K granule with FEAT_LPA: in bits 15:12
    Bits52Ds,   // 4K and 16K with FEAT_LPA2 and TCR_EL1.DS: 51:50 in bits 9:8, where shareability was, 49:48 in their place
};

// What a descriptor's bits mean depends on both.
struct TableFormat {
    Granule granule{Granule::k4K};
    AddressLayout layout{AddressLayout::Bits48};
    friend constexpr bool operator==(TableFormat, TableFormat) = default;
};

inline constexpr int kLeafLevel = 3;

// log2 of the page size in bytes.
[[nodiscard]] constexpr unsigned page_shift(Granule g) {
    return g == Granule::k4K ? 12 : g == Granule::k16K ? 14 : 16;
}
[[nodiscard]] constexpr u64 page_size(Granule g) { return u64{1} << page_shift(g); }

// Address bits resolved by one full table: a table is one page of 8-byte descriptors.
[[nodiscard]] constexpr unsigned level_bits(Granule g) { return page_shift(g) - 3; }
[[nodiscard]] constexpr u64 entries_per_table(Granule g) { return u64{1} << level_bits(g); }

// log2 of the bytes that one descriptor of `level` (-1..3) maps.
[[nodiscard]] constexpr unsigned level_shift(Granule g, int level) {
    return page_shift(g) + static_cast<unsigned>(kLeafLevel - level) * level_bits(g);
}
[[nodiscard]] constexpr u64 level_size(Granule g, int level) { return u64{1} << level_shift(g, level); }
[[nodiscard]] constexpr u64 table_index(Granule g, int level, u64 va) {
    return (va >> level_shift(g, level)) & (entries_per_table(g) - 1);
}

// Whether a block (or, at level 3, a page) descriptor exists at `level`. Arm: AArch64.BlockDescSupported.
[[nodiscard]] constexpr bool leaf_allowed(Granule g, int level, AddressLayout layout = AddressLayout::Bits48) {
    if (level == kLeafLevel || level == 2) return true;
    if (g == Granule::k4K) return level == 1 || (level == 0 && layout == AddressLayout::Bits52Ds);
    return level == 1 && layout != AddressLayout::Bits48;
}

// log2 of the number of entries that the Contiguous bit groups at `level`; 0 where it is reserved.
// Arm: AArch64.ContiguousSize. 4K: 16 at levels 1..3; 16K: 32 at 2, 128 at 3; 64K: 32 at 2 and 3.
[[nodiscard]] constexpr unsigned contiguous_shift(Granule g, int level) {
    switch (g) {
        case Granule::k4K: return level >= 1 ? 4 : 0;
        case Granule::k16K: return level == 3 ? 7 : level == 2 ? 5 : 0;
        case Granule::k64K: return level >= 2 ? 5 : 0;
    }
    return 0;
}
[[nodiscard]] constexpr u64 contiguous_count(Granule g, int level) { return u64{1} << contiguous_shift(g, level); }
// log2 of the bytes that one contiguous group maps.
[[nodiscard]] constexpr unsigned contiguous_reach_shift(Granule g, int level) {
    return level_shift(g, level) + contiguous_shift(g, level);
}

// Level at which a walk of an input address of `input_bits` bits starts.
[[nodiscard]] constexpr int start_level(Granule g, unsigned input_bits) {
    const unsigned table_bits = input_bits - page_shift(g);
    const unsigned levels = (table_bits + level_bits(g) - 1) / level_bits(g);
    return kLeafLevel + 1 - static_cast<int>(levels);
}

}  // namespace arch
