// mprotect on page tables, entry by entry. Linux: change_protection(), mm/mprotect.c, 6.12.
#include "kernel_model/mm/contpte.h"
#include "kernel_model/mm/folio.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/zap.h"

namespace km {
namespace {

// A private page may become writable at once if no other process can see it; else the write fault decides.
bool can_change_pte_writable(const Vma& vma, Pte pte) {
    if (!pte_valid(pte)) return false;
    if ((vma.vm_flags & VM_SHARED) != 0) return pte_dirty(pte);
    Page* const page = vm_normal_page(pte);
    return page != nullptr && page_anon(page) && page->test(PG_anon_exclusive);
}

// Hardware may update an entry that is being changed: it is taken out, changed and put back. A contiguous block is thereby
// unfolded at its first entry and may be folded again at its last.
void change_pte_range(MmuGather& tlb, const Vma& vma, u64* ptep, u64 addr, u64 end, PageProt newprot, u64 cp_flags) {
    AddressSpace& mm = tlb.mm();
    flush_tlb_batched_pending(mm);
    for (; addr != end; ++ptep, addr += PAGE_SIZE) {
        if (!pte_present(ptep_get(ptep))) continue;
        const Pte oldpte = ptep_get_and_clear(mm, addr, ptep);
        Pte pte = pte_modify(oldpte, newprot);
        if ((cp_flags & MM_CP_TRY_CHANGE_WRITABLE) != 0 && !pte_write(pte) && can_change_pte_writable(vma, pte))
            pte = pte_mkwrite(pte);
        set_pte_at(mm, addr, ptep, pte);
        tlb.add_ptes(addr, 1);
    }
}

}  // namespace

extern "C" [[gnu::noinline]] void change_protection(MmuGather& tlb, Vma& vma, u64 start, u64 end, u64 cp_flags) {
    const PageProt newprot = vma_page_prot(vma);
    for_each_page_table(tlb.mm(), start, end, [&](u64* pmd, u64 addr, u64 next) {
        change_pte_range(tlb, vma, pte_offset(port::load_descriptor(pmd), addr), addr, next, newprot, cp_flags);
    });
    tlb.end_vma();
}

}  // namespace km
