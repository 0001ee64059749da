#include "kernel_model/mm/fault.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/rmap.h"

namespace km {
namespace {

u64 file_pages(const File& file) { return arch::align_up(file.size, PAGE_SIZE) >> PAGE_SHIFT; }

// Maps one page of the cache, or a fresh private copy. Pages that nobody asked for are old where hardware can make them
// young; elsewhere that would only cost a fault. Linux: set_pte_range().
void set_pte_range(const VmFault& vmf, u64* ptep, Folio* folio, u64 addr) {
    Vma& vma = vmf.vma;
    const bool write = vmf.flags.write;
    const bool prefault = addr != vmf.address;
    Pte entry = mk_pte(&folio->page, vma_page_prot(vma));
    if (prefault && port::features.hw_access_flag) entry = pte_mkold(entry);
    if (write) entry = maybe_mkwrite(pte_mkdirty(entry), vma);
    if (write && (vma.vm_flags & VM_SHARED) == 0) {
        folio_add_new_anon_rmap(folio, vma, addr, RmapFlags::Exclusive);
        ++vma.vm_mm->rss_anon;
    } else {
        folio_add_file_rmap_pte(folio, &folio->page);
        ++vma.vm_mm->rss_file;
    }
    set_ptes(*vma.vm_mm, addr, ptep, entry, 1);
}

// Takes over the caller's reference on `folio`.
FileFault finish_fault(VmFault& vmf, Folio* folio, FileFault done) {
    FileFault result = FileFault::NoMemory;
    if (pte_alloc(*vmf.vma.vm_mm, vmf.pmd)) {
        vmf.pte = pte_offset(port::load_descriptor(vmf.pmd), vmf.address);
        if (!vmf_pte_changed(vmf)) {
            set_pte_range(vmf, vmf.pte, folio, vmf.address);
            return done;
        }
        result = FileFault::Changed;
    }
    folio_put(folio);
    return result;
}

// Maps what the cache holds around the address, in an aligned window cut to region and table. True: the faulting page
// was among it. Linux: do_fault_around(), filemap_map_pages().
bool do_fault_around(VmFault& vmf) {
    Vma& vma = vmf.vma;
    if (!pte_alloc(*vma.vm_mm, vmf.pmd)) return false;
    const u64 window = min(kernel_options.fault_around_bytes, PMD_SIZE);
    const u64 aligned = arch::align_down(vmf.address, window);
    const u64 start = max(aligned, vma.vm_start);
    const u64 end = min(min(start + window, vma.vm_end), arch::align_down(vmf.address, PMD_SIZE) + PMD_SIZE);
    File& file = *vma.vm_file;
    bool mapped = false;
    u64* ptep = pte_offset(port::load_descriptor(vmf.pmd), start);
    for (u64 addr = start; addr != end; addr += PAGE_SIZE, ++ptep) {
        const u64 index = vma.linear_page_index(addr);
        Page* const page = index < file_pages(file) ? file_find_page(file, index) : nullptr;
        if (page == nullptr || !pte_none(ptep_get(ptep))) continue;
        mapped |= addr == vmf.address;
        folio_get(page_folio(page));
        set_pte_range(vmf, ptep, page_folio(page), addr);
    }
    return mapped;
}

FileFault do_read_fault(VmFault& vmf) {
    count(GUEST_FAULT_FILE_READ);
    if (kernel_options.fault_around_bytes > PAGE_SIZE && do_fault_around(vmf)) return FileFault::FaultAround;
    Page* const page = file_find_or_create_page(*vmf.vma.vm_file, vmf.vma.linear_page_index(vmf.address));
    if (page == nullptr) return FileFault::NoMemory;
    folio_get(page_folio(page));
    return finish_fault(vmf, page_folio(page), FileFault::Mapped);
}

FileFault do_cow_fault(VmFault& vmf) {
    count(GUEST_FAULT_FILE_COW);
    if (anon_vma_prepare(vmf.vma) != 0) return FileFault::NoMemory;
    Folio* const copy = folio_prealloc(false);
    if (copy == nullptr) return FileFault::NoMemory;
    Page* const page = file_find_or_create_page(*vmf.vma.vm_file, vmf.vma.linear_page_index(vmf.address));
    if (page == nullptr) {
        folio_put(copy);
        return FileFault::NoMemory;
    }
    port::copy_page(page_address(&copy->page), page_address(page));
    return finish_fault(vmf, copy, FileFault::Copied);
}

FileFault do_shared_fault(VmFault& vmf) {
    count(GUEST_FAULT_FILE_SHARED);
    Page* const page = file_find_or_create_page(*vmf.vma.vm_file, vmf.vma.linear_page_index(vmf.address));
    if (page == nullptr) return FileFault::NoMemory;
    folio_get(page_folio(page));
    page->set(PG_dirty);
    return finish_fault(vmf, page_folio(page), FileFault::Shared);
}

}  // namespace

extern "C" [[gnu::noinline]] FileFault do_fault(VmFault& vmf) {
    if (vmf.vma.linear_page_index(vmf.address) >= file_pages(*vmf.vma.vm_file)) return FileFault::BeyondEnd;
    if (!vmf.flags.write) return do_read_fault(vmf);
    return (vmf.vma.vm_flags & VM_SHARED) == 0 ? do_cow_fault(vmf) : do_shared_fault(vmf);
}

}  // namespace km
