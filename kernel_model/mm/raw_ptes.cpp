// The raw functions on single entries that are too long to be inline, and those that flush.
#include "kernel_model/mm/contpte.h"
#include "kernel_model/mm/tlbflush.h"

namespace km {

bool __ptep_clear_flush_young(AddressSpace& mm, u64 addr, u64* ptep) {
    const bool young = __ptep_test_and_clear_young(ptep);
    if (young) flush_tlb_page_nosync(mm, addr);
    return young;
}

void __clear_young_dirty_ptes(u64* ptep, unsigned nr, unsigned flags) {
    const auto clear = [flags](Pte pte) {
        if ((flags & CYDP_CLEAR_YOUNG) != 0) pte = pte_mkold(pte);
        if ((flags & CYDP_CLEAR_DIRTY) != 0) pte = pte_mkclean(pte);
        return pte;
    };
    for (; nr != 0; --nr, ++ptep) {
        // Both bits at once lose nothing if hardware sets one meanwhile: the entry is being given up.
        if (flags == (CYDP_CLEAR_YOUNG | CYDP_CLEAR_DIRTY))
            port::store_descriptor(ptep, clear(__ptep_get(ptep)).raw);
        else
            update_pte(ptep, __ptep_get(ptep), clear);
    }
}

bool __ptep_set_access_flags(AddressSpace& mm, u64 addr, u64* ptep, Pte entry, bool dirty) {
    const Pte pte = __ptep_get(ptep);
    if (pte == entry) return false;
    // PTE_RDONLY becomes the more permissive, that is the lower, of both.
    update_pte(ptep, pte, [entry](Pte old) {
        const u64 set = entry.raw & (PTE_AF | PTE_WRITE | PTE_DIRTY);
        const u64 read_only = old.raw & entry.raw & PTE_RDONLY;
        return Pte{((old.raw | set) & ~PTE_RDONLY) | read_only};
    });
    if (dirty) flush_tlb_page(mm, addr);
    return true;
}

Pte ptep_clear_flush(AddressSpace& mm, u64 addr, u64* ptep) {
    const Pte pte = ptep_get_and_clear(mm, addr, ptep);
    if (pte_valid(pte)) flush_tlb_page(mm, addr);
    return pte;
}

}  // namespace km
