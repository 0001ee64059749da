#include "kernel_model/mm/page_table.h"

#include "kernel_model/mm/buddy_allocator.h"
#include "kernel_model/mm/mm_counters.h"

namespace km {

void set_table_entry(u64* slot, int level, u64 value) {
    port::store_descriptor(slot, value);
    if (level != kRootLevel && !arch::Descriptor::Valid::test(value)) return;
    port::barrier(port::Barrier::DsbIshst);
    port::barrier(port::Barrier::Isb);
}

Page* alloc_table(AddressSpace& mm, int level) {
    Page* const table = alloc_pages(0, true);
    if (table == nullptr) return nullptr;
    table->set(PG_table);
    table->own.private_data = static_cast<u64>(level);
    ++mm.table_pages;
    count(GUEST_NR_PAGE_TABLE_PAGES);
    return table;
}

void free_table(AddressSpace& mm, Page* table) {
    table->clear(PG_table);
    --mm.table_pages;
    uncount(GUEST_NR_PAGE_TABLE_PAGES);
    free_pages(table, 0);
}

namespace {

// The table below `slot`, made if it is missing; null: no memory.
u64* table_below(AddressSpace& mm, u64* slot, int level) {
    const u64 entry = port::load_descriptor(slot);
    if (entry != 0) return table_of(entry);
    Page* const table = alloc_table(mm, level + 1);
    if (table == nullptr) return nullptr;
    set_table_entry(slot, level, page_to_phys(table) | PMD_TYPE_TABLE | PMD_TABLE_PXN);
    return static_cast<u64*>(page_address(table));
}

}  // namespace

u64* find_entry(const AddressSpace& mm, int level, u64 address) {
    u64* slot = entry_slot(mm.pgd, kRootLevel, address);
    for (int at = kRootLevel; at != level; ++at) {
        const u64 entry = port::load_descriptor(slot);
        if (entry == 0) return nullptr;
        slot = entry_slot(table_of(entry), at + 1, address);
    }
    return slot;
}

u64* alloc_entry(AddressSpace& mm, int level, u64 address) {
    u64* slot = entry_slot(mm.pgd, kRootLevel, address);
    for (int at = kRootLevel; at != level; ++at) {
        u64* const table = table_below(mm, slot, at);
        if (table == nullptr) return nullptr;
        slot = entry_slot(table, at + 1, address);
    }
    return slot;
}

bool pte_alloc(AddressSpace& mm, u64* pmd) { return table_below(mm, pmd, kPteLevel - 1) != nullptr; }

int table_level_of(const u64* slot) {
    const u64 pfn = port::virt_to_phys(slot) >> PAGE_SHIFT;
    if (!pfn_valid(pfn)) return -1;
    const Page* const page = pfn_to_page(pfn);
    return page->test(PG_table) ? static_cast<int>(page->own.private_data) : -1;
}

}  // namespace km
