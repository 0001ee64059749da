// Sizes of the guest's pages, tables and contiguous blocks, under Linux's names, from the one description of the
// granule. Four levels, 48-bit virtual addresses: pgd, pud, pmd, pte are levels 0, 1, 2, 3.
#pragma once

#include "mmu/arch/bits.h"
#include "mmu/arch/granule.h"

namespace km {

using arch::i64;
using arch::u16;
using arch::u32;
using arch::u64;
using arch::u8;
using i32 = std::int32_t;

inline constexpr arch::Granule kGranule = arch::Granule::k4K;

inline constexpr unsigned PAGE_SHIFT = arch::page_shift(kGranule);
inline constexpr u64 PAGE_SIZE = u64{1} << PAGE_SHIFT;
inline constexpr u64 PAGE_MASK = ~(PAGE_SIZE - 1);
inline constexpr unsigned PTRS_PER_PTE = static_cast<unsigned>(arch::entries_per_table(kGranule));

inline constexpr unsigned PMD_SHIFT = arch::level_shift(kGranule, 2);
inline constexpr u64 PMD_SIZE = u64{1} << PMD_SHIFT;
inline constexpr u64 PMD_MASK = ~(PMD_SIZE - 1);
inline constexpr unsigned PMD_ORDER = PMD_SHIFT - PAGE_SHIFT;

// One contpte block: CONT_PTES entries that map CONT_PTE_SIZE bytes.
inline constexpr unsigned CONT_PTES = static_cast<unsigned>(arch::contiguous_count(kGranule, 3));
inline constexpr u64 CONT_PTE_SIZE = CONT_PTES * PAGE_SIZE;
inline constexpr u64 CONT_PTE_MASK = ~(CONT_PTE_SIZE - 1);
inline constexpr unsigned CONT_PTE_ORDER = arch::contiguous_shift(kGranule, 3);

inline constexpr int kRootLevel = 0;
inline constexpr int kPteLevel = arch::kLeafLevel;

[[nodiscard]] constexpr u64 min(u64 a, u64 b) { return a < b ? a : b; }
[[nodiscard]] constexpr u64 max(u64 a, u64 b) { return a > b ? a : b; }

// Where the entry of `level` that covers `address` ends, or `end` if that comes first. Linux: pmd_addr_end() etc.
[[nodiscard]] constexpr u64 entry_end(int level, u64 address, u64 end) {
    const u64 size = arch::level_size(kGranule, level);
    const u64 boundary = arch::align_down(address + size, size);
    return boundary - 1 < end - 1 ? boundary : end;
}

}  // namespace km
