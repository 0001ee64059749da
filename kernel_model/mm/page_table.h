// The levels above the page table, and page tables as pages. Linux: pgd_offset() .. pte_offset_map(), pmd_alloc() ..
// pte_alloc(), arch/arm64/include/asm/pgalloc.h.
#pragma once

#include "kernel_model/mm/address_space.h"
#include "kernel_model/mm/page.h"
#include "mmu/arch/descriptor.h"

namespace km {

inline constexpr u64 PMD_TYPE_TABLE = arch::Descriptor::Valid::kMask | arch::Descriptor::TableOrPage::kMask;
inline constexpr u64 PMD_TABLE_PXN = arch::Descriptor::PXNTable::kMask;

// The table that a table descriptor names.
[[nodiscard]] inline u64* table_of(u64 descriptor) {
    return static_cast<u64*>(port::phys_to_virt(descriptor & arch::Descriptor::OutputAddress::kMask));
}
[[nodiscard]] inline u64* entry_slot(u64* table, int level, u64 address) {
    return table + arch::table_index(kGranule, level, address);
}
// The entry of `address` in the page table that the entry `pmd` names. Linux: pte_offset_map().
[[nodiscard]] inline u64* pte_offset(u64 pmd, u64 address) { return entry_slot(table_of(pmd), kPteLevel, address); }

// Stores an entry of levels 0..2. A valid one must be visible to walkers before anything uses it, and the context
// synchronised; at level 0 Linux does so for an invalid one too. Linux: set_pmd(), set_pud(), set_p4d().
void set_table_entry(u64* slot, int level, u64 value);

// The slot of `level` (1..2) that covers `address`; null: a table above is missing, and nothing is mapped there.
[[nodiscard]] u64* find_entry(const AddressSpace& mm, int level, u64 address);
// The same, but missing tables are made; null: no memory.
[[nodiscard]] u64* alloc_entry(AddressSpace& mm, int level, u64 address);

// Makes sure that the slot `pmd` has a page table. False: no memory. Linux: pte_alloc().
[[nodiscard]] bool pte_alloc(AddressSpace& mm, u64* pmd);

// A zeroed table page of `level`, counted as the address space's; null: no memory.
[[nodiscard]] Page* alloc_table(AddressSpace& mm, int level);
void free_table(AddressSpace& mm, Page* table);

// The level of the table that holds `slot`, or -1 if it is in none.
[[nodiscard]] int table_level_of(const u64* slot);

// Calls visit(u64* pmd, u64 address, u64 end) for each page table that maps part of [address, end).
template <class Visit>
inline void for_each_page_table(u64* table, int level, u64 address, u64 end, Visit& visit) {
    u64* slot = entry_slot(table, level, address);
    for (u64 next; address != end; address = next, ++slot) {
        next = entry_end(level, address, end);
        const u64 entry = port::load_descriptor(slot);
        if (entry == 0) continue;
        if (level == kPteLevel - 1)
            visit(slot, address, next);
        else
            for_each_page_table(table_of(entry), level + 1, address, next, visit);
    }
}
template <class Visit>
inline void for_each_page_table(const AddressSpace& mm, u64 address, u64 end, Visit visit) {
    if (address != end) for_each_page_table(mm.pgd, kRootLevel, address, end, visit);
}

}  // namespace km
