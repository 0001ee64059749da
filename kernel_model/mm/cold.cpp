// madvise(MADV_COLD) and madvise(MADV_FREE) on page tables. Linux: madvise_cold_or_pageout_pte_range() and
// madvise_free_pte_range(), mm/madvise.c, 6.12. Nothing reclaims memory here, so only the state of the entries changes.
#include "kernel_model/mm/contpte.h"
#include "kernel_model/mm/folio_batch.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/split_folio.h"
#include "kernel_model/mm/zap.h"

namespace km {
namespace {

// A large folio of which the range holds only a part is split, so that the rest need not follow. True: done, look at the
// same entry again.
bool split_partial(AddressSpace& mm, Folio* folio) {
    if (folio_likely_mapped_shared(folio) || !folio_test_anon(folio)) return false;
    folio_get(folio);
    const bool split = split_folio(folio);
    folio_put(folio);
    flush_tlb_batched_pending(mm);
    return split;
}

// Clears `flags` in the entries of [addr, end). Returns through the gather what must be flushed.
void clear_pte_range(MmuGather& tlb, u64* ptep, u64 addr, u64 end, unsigned flags) {
    AddressSpace& mm = tlb.mm();
    flush_tlb_batched_pending(mm);
    unsigned nr = 1;
    for (; addr != end; ptep += nr, addr += nr * PAGE_SIZE) {
        nr = 1;
        Pte pte = ptep_get(ptep);
        Page* const page = pte_present(pte) ? vm_normal_page(pte) : nullptr;
        if (page == nullptr) continue;
        Folio* const folio = page_folio(page);
        if (folio_test_large(folio)) {
            const FolioBatch batch = folio_pte_batch(folio, ptep, pte, (end - addr) >> PAGE_SHIFT, BatchDirty::Ignore);
            nr = batch.nr;
            if (batch.any_young) pte = pte_mkyoung(pte);
            if (nr < folio_nr_pages(folio)) {
                if (split_partial(mm, folio)) nr = 0;
                continue;
            }
        }
        if (static_cast<u64>(folio_mapcount(folio)) != folio_nr_pages(folio)) continue;
        const bool dirty = (flags & CYDP_CLEAR_DIRTY) != 0 && pte_dirty(pte);
        if (!pte_young(pte) && !dirty) continue;
        clear_young_dirty_ptes(ptep, nr, flags);
        tlb.add_ptes(addr, nr);
    }
}

void clear_range(Vma& vma, u64 start, u64 end, unsigned flags) {
    MmuGather tlb{*vma.vm_mm};
    for_each_page_table(*vma.vm_mm, start, end, [&tlb, flags](u64* pmd, u64 addr, u64 next) {
        clear_pte_range(tlb, pte_offset(port::load_descriptor(pmd), addr), addr, next, flags);
    });
    tlb.end_vma();
}

}  // namespace

void madvise_cold(Vma& vma, u64 start, u64 end) { clear_range(vma, start, end, CYDP_CLEAR_YOUNG); }

void madvise_free(Vma& vma, u64 start, u64 end) { clear_range(vma, start, end, CYDP_CLEAR_YOUNG | CYDP_CLEAR_DIRTY); }

}  // namespace km
