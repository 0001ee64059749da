#include "kernel_model/mm/zap.h"

#include "kernel_model/mm/contpte.h"
#include "kernel_model/mm/folio_batch.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/rmap.h"

namespace km {

void flush_tlb_batched_pending(AddressSpace& mm) {
    if (!mm.tlb_flush_batched) return;
    flush_tlb_mm(mm);
    mm.tlb_flush_batched = false;
}

namespace {

// What one page table's worth of zapping adds up to.
struct ZapState {
    i64 anon{0};
    i64 file{0};
    bool force_flush{false};  // before the table is left
    bool force_break{false};  // no more room for pages
};

// A page that was dirtied through a shared mapping must not lose its mapping count before the TLB is flushed: else it
// could be cleaned while another core still writes. Linux delays the count; the flush is what costs.
void zap_file_ptes(MmuGather& tlb, Page* page, u64* ptep, u64 addr, unsigned nr, ZapState& state) {
    const Pte pte = get_and_clear_full_ptes(tlb.mm(), addr, ptep, nr);
    if (pte_dirty(pte)) {
        page->set(PG_dirty);
        state.force_flush = true;
    }
    if (pte_young(pte)) page->set(PG_referenced);
    state.file += nr;
}

// Returns the number of entries that were zapped.
[[gnu::always_inline]] inline unsigned zap_present_ptes(MmuGather& tlb, u64* ptep, Pte pte, u64 addr, u64 max_nr,
                                                        ZapState& state) {
    Page* const page = vm_normal_page(pte);
    if (page == nullptr) {
        ptep_get_and_clear(tlb.mm(), addr, ptep);
        tlb.add_ptes(addr, 1);
        return 1;
    }
    Folio* const folio = page_folio(page);
    unsigned nr = 1;
    if (folio_test_large(folio) && max_nr != 1) [[unlikely]]
        nr = folio_pte_batch(folio, ptep, pte, max_nr, BatchDirty::Ignore).nr;
    if (folio_test_anon(folio)) {
        // Access flag and dirty state of anonymous memory interest nobody any more.
        clear_full_ptes(tlb.mm(), addr, ptep, nr);
        state.anon += nr;
    } else {
        zap_file_ptes(tlb, page, ptep, addr, nr, state);
    }
    tlb.add_ptes(addr, nr);
    folio_remove_rmap_ptes(folio, page, nr);
    if (tlb.add_pages(page, nr)) state.force_flush = state.force_break = true;
    return nr;
}

// Returns where it stopped: before `end` if pages had to be freed first.
u64 zap_pte_range(MmuGather& tlb, u64* ptep, u64 addr, u64 end) {
    AddressSpace& mm = tlb.mm();
    flush_tlb_batched_pending(mm);
    ZapState state;
    while (addr != end && !state.force_break) {
        const Pte pte = ptep_get(ptep);
        unsigned nr = 1;
        if (pte_present(pte)) nr = zap_present_ptes(tlb, ptep, pte, addr, (end - addr) >> PAGE_SHIFT, state);
        ptep += nr;
        addr += nr * PAGE_SIZE;
    }
    mm.rss_anon -= state.anon;
    mm.rss_file -= state.file;
    if (state.force_flush) tlb.flush();
    return addr;
}

// Clears the entries of [start, end) in `table` of `level` whose tables map nothing outside (floor, ceiling).
// `ceiling` 0 is the end of the address space, hence the subtractions of 1.
void free_entries(MmuGather& tlb, u64* table, int level, u64 start, u64 end, u64 floor, u64 ceiling);

void free_entry(MmuGather& tlb, u64* slot, int level, u64 start, u64 end, u64 floor, u64 ceiling) {
    const u64 entry = port::load_descriptor(slot);
    if (entry == 0) return;
    u64* const below = table_of(entry);
    if (level + 1 != kPteLevel) {
        free_entries(tlb, below, level + 1, start, end, floor, ceiling);
        const u64 size = arch::level_size(kGranule, level);
        start = arch::align_down(start, size);
        if (start < floor) return;
        if (ceiling != 0) {
            ceiling = arch::align_down(ceiling, size);
            if (ceiling == 0) return;
        }
        if (end - 1 > ceiling - 1) return;
    }
    set_table_entry(slot, level, 0);
    tlb.add_table(virt_to_page(below), level + 1, start);
}

void free_entries(MmuGather& tlb, u64* table, int level, u64 start, u64 end, u64 floor, u64 ceiling) {
    u64* slot = entry_slot(table, level, start);
    for (u64 next; start != end; start = next, ++slot) {
        next = entry_end(level, start, end);
        free_entry(tlb, slot, level, start, next, floor, ceiling);
    }
}

// The end of the regions from `vma` on that lie so close that their tables are freed in one go. `vma` becomes the last.
u64 end_of_neighbours(Vma*& vma) {
    while (vma->next != nullptr && vma->next->vm_start <= vma->vm_end + PMD_SIZE) {
        vma = vma->next;
        unlink_anon_vmas(*vma);
    }
    return vma->vm_end;
}

}  // namespace

extern "C" [[gnu::noinline]] void unmap_page_range(MmuGather& tlb, Vma& vma, u64 start, u64 end) {
    start = max(start, vma.vm_start);
    end = min(end, vma.vm_end);
    if (start >= end) return;
    for_each_page_table(tlb.mm(), start, end, [&tlb](u64* pmd, u64 addr, u64 next) {
        const u64 entry = port::load_descriptor(pmd);
        while (addr != next) addr = zap_pte_range(tlb, pte_offset(entry, addr), addr, next);
    });
    tlb.end_vma();
}

void free_pgd_range(MmuGather& tlb, u64 start, u64 end, u64 floor, u64 ceiling) {
    start &= PMD_MASK;
    if (start < floor) {
        start += PMD_SIZE;
        if (start == 0) return;
    }
    if (ceiling != 0) {
        ceiling &= PMD_MASK;
        if (ceiling == 0) return;
    }
    if (end - 1 > ceiling - 1) end -= PMD_SIZE;
    if (start > end - 1) return;
    free_entries(tlb, tlb.mm().pgd, kRootLevel, start, end, floor, ceiling);
}

void free_pgtables(MmuGather& tlb, Vma* first, u64 floor, u64 ceiling) {
    for (Vma* vma = first; vma != nullptr; vma = vma->next) {
        const u64 start = vma->vm_start;
        unlink_anon_vmas(*vma);
        const u64 end = end_of_neighbours(vma);
        free_pgd_range(tlb, start, end, floor, vma->next != nullptr ? vma->next->vm_start : ceiling);
    }
}

extern "C" [[gnu::noinline]] void unmap_region(AddressSpace& mm, Vma* first, u64 start, u64 end, u64 floor,
                                               u64 ceiling) {
    MmuGather tlb{mm};
    for (Vma* vma = first; vma != nullptr; vma = vma->next) unmap_page_range(tlb, *vma, start, end);
    free_pgtables(tlb, first, floor, ceiling);
}

extern "C" [[gnu::noinline]] void zap_page_range(Vma& vma, u64 start, u64 end) {
    MmuGather tlb{*vma.vm_mm};
    unmap_page_range(tlb, vma, start, end);
}

}  // namespace km
