// Copying page tables at fork. Linux: copy_page_range(), mm/memory.c, 6.12.
#include "kernel_model/mm/contpte.h"
#include "kernel_model/mm/folio_batch.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/rmap.h"

namespace km {
namespace {

constexpr i64 kNoMemory = -12;  // -ENOMEM

bool is_cow_mapping(u64 vm_flags) { return (vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE; }

// File pages without private copies can be faulted in again. Linux: vma_needs_copy().
bool vma_needs_copy(const Vma& src) { return src.anon_vma != nullptr; }

struct Copy {
    Vma& dst;
    Vma& src;
    bool cow;
    i64 anon{0};
    i64 file{0};
};

// Entries that both sides share from now on: write protected where a write must copy, and old in the child.
[[gnu::always_inline]] inline void copy_entries(Copy& copy, u64* dst_pte, u64* src_pte, Pte pte, u64 addr,
                                                unsigned nr) {
    if (copy.cow && pte_write(pte)) {
        wrprotect_ptes(*copy.src.vm_mm, addr, src_pte, nr);
        pte = pte_wrprotect(pte);
    }
    if ((copy.src.vm_flags & VM_SHARED) != 0) pte = pte_mkclean(pte);
    set_ptes(*copy.dst.vm_mm, addr, dst_pte, pte_mkold(pte), nr);
}

void share_pages(Copy& copy, Folio* folio, Page* page, unsigned nr) {
    folio_ref_add(folio, nr);
    if (folio_test_anon(folio)) {
        folio_try_dup_anon_rmap_ptes(folio, page, nr);
        copy.anon += nr;
    } else {
        folio_dup_file_rmap_ptes(folio, page, nr);
        copy.file += nr;
    }
}

// Returns the number of entries that were copied.
[[gnu::always_inline]] inline unsigned copy_present_ptes(Copy& copy, u64* dst_pte, u64* src_pte, Pte pte, u64 addr,
                                                         u64 max_nr) {
    Page* const page = vm_normal_page(pte);
    unsigned nr = 1;
    if (page != nullptr) [[likely]] {
        Folio* const folio = page_folio(page);
        if (folio_test_large(folio) && max_nr != 1) [[unlikely]] {
            const bool shared = (copy.src.vm_flags & VM_SHARED) != 0;
            const FolioBatch batch =
                folio_pte_batch(folio, src_pte, pte, max_nr, shared ? BatchDirty::Ignore : BatchDirty::Compare);
            nr = batch.nr;
            if (batch.any_writable) pte = pte_mkwrite(pte);
        }
        share_pages(copy, folio, page, nr);
    }
    copy_entries(copy, dst_pte, src_pte, pte, addr, nr);
    return nr;
}

void copy_pte_range(Copy& copy, u64* dst_pte, u64* src_pte, u64 addr, u64 end) {
    while (addr != end) {
        const Pte pte = ptep_get(src_pte);
        unsigned nr = 1;
        if (!pte_none(pte)) nr = copy_present_ptes(copy, dst_pte, src_pte, pte, addr, (end - addr) >> PAGE_SHIFT);
        src_pte += nr;
        dst_pte += nr;
        addr += nr * PAGE_SIZE;
    }
}

}  // namespace

extern "C" [[gnu::noinline]] i64 copy_page_range(Vma& dst, Vma& src) {
    if (!vma_needs_copy(src)) return 0;
    Copy copy{dst, src, is_cow_mapping(src.vm_flags)};
    bool no_memory = false;
    for_each_page_table(*src.vm_mm, src.vm_start, src.vm_end, [&](u64* src_pmd, u64 addr, u64 end) {
        if (no_memory) return;
        u64* const dst_pmd = alloc_entry(*dst.vm_mm, kPteLevel - 1, addr);
        if (dst_pmd == nullptr || !pte_alloc(*dst.vm_mm, dst_pmd)) {
            no_memory = true;
            return;
        }
        u64* const src_pte = pte_offset(port::load_descriptor(src_pmd), addr);
        copy_pte_range(copy, pte_offset(port::load_descriptor(dst_pmd), addr), src_pte, addr, end);
    });
    dst.vm_mm->rss_anon += copy.anon;
    dst.vm_mm->rss_file += copy.file;
    return no_memory ? kNoMemory : 0;
}

}  // namespace km
