#include "kernel_model/mm/fault.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/rmap.h"

namespace km {
namespace {

// 6.12 never reuses a page of a large folio, even if no other process is left; a single page may be, if this mapping
// holds its only reference. Linux: wp_can_reuse_anon_folio().
bool wp_can_reuse_anon_folio(Folio* folio, const Vma& vma) {
    if (folio_test_large(folio)) return false;
    if (folio->page.refcount != 1) return false;
    folio_move_anon_rmap(folio, vma);
    return true;
}

void account_copy(AddressSpace& mm, const Folio* old_folio) {
    if (old_folio != nullptr && folio_test_anon(old_folio)) return;
    if (old_folio != nullptr) --mm.rss_file;
    ++mm.rss_anon;
}

// The old entry is cleared and flushed before the new one is set: two frames for one address, one of them written,
// must never be in TLBs together.
void replace_page(VmFault& vmf, Folio* new_folio, Page* old_page) {
    Vma& vma = vmf.vma;
    AddressSpace& mm = *vma.vm_mm;
    account_copy(mm, old_page != nullptr ? page_folio(old_page) : nullptr);
    const Pte entry = maybe_mkwrite(pte_mkdirty(mk_pte(&new_folio->page, vma_page_prot(vma))), vma);
    ptep_clear_flush(mm, vmf.address, vmf.pte);
    folio_add_new_anon_rmap(new_folio, vma, vmf.address, RmapFlags::Exclusive);
    set_pte_at(mm, vmf.address, vmf.pte, entry);
    if (old_page != nullptr) folio_remove_rmap_pte(page_folio(old_page), old_page);
}

}  // namespace

extern "C" [[gnu::noinline]] void wp_page_reuse(VmFault& vmf) {
    const Pte entry = maybe_mkwrite(pte_mkdirty(pte_mkyoung(vmf.orig_pte)), vmf.vma);
    ptep_set_access_flags(*vmf.vma.vm_mm, vmf.address, vmf.pte, entry, true);
    count(GUEST_FAULT_COW_REUSE);
}

// `old_page`: null for the zero page; the caller holds a reference on its folio, which is dropped here.
extern "C" [[gnu::noinline]] WriteFault wp_page_copy(VmFault& vmf, Page* old_page) {
    Folio* const old_folio = old_page != nullptr ? page_folio(old_page) : nullptr;
    const bool prepared = anon_vma_prepare(vmf.vma) == 0;
    Folio* const new_folio = prepared ? folio_prealloc(old_page == nullptr) : nullptr;
    if (new_folio == nullptr) {
        if (old_folio != nullptr) folio_put(old_folio);
        return WriteFault::NoMemory;
    }
    if (old_page != nullptr) port::copy_page(page_address(&new_folio->page), page_address(old_page));

    const bool same = ptep_get(vmf.pte) == vmf.orig_pte;
    if (same) {
        replace_page(vmf, new_folio, old_page);
        count(GUEST_FAULT_COW_COPY);
    }
    // The mapping's reference on the old page, or the unused new one.
    Folio* const leftover = same ? old_folio : new_folio;
    if (leftover != nullptr) folio_put(leftover);
    if (old_folio != nullptr) folio_put(old_folio);
    return same ? WriteFault::Copied : WriteFault::Changed;
}

extern "C" [[gnu::noinline]] WriteFault do_wp_page(VmFault& vmf) {
    // Linux reads the entry once more for userfaultfd, whether or not the region is registered.
    const Pte for_userfaultfd = ptep_get(vmf.pte);
    static_cast<void>(for_userfaultfd);

    Page* const page = vm_normal_page(vmf.orig_pte);
    if ((vmf.vma.vm_flags & (VM_SHARED | VM_MAYSHARE)) != 0) {
        wp_page_reuse(vmf);
        if (page != nullptr) page->set(PG_dirty);
        return WriteFault::SharedReused;
    }
    Folio* const folio = page != nullptr ? page_folio(page) : nullptr;
    if (folio != nullptr && folio_test_anon(folio) &&
        (page->test(PG_anon_exclusive) || wp_can_reuse_anon_folio(folio, vmf.vma))) {
        page->set(PG_anon_exclusive);
        wp_page_reuse(vmf);
        return WriteFault::Reused;
    }
    if (folio != nullptr) folio_get(folio);
    return wp_page_copy(vmf, page);
}

}  // namespace km
