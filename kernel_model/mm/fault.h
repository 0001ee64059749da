// The steps of a page fault. Linux: struct vm_fault and the do_*() of mm/memory.c, 6.12. Outcomes are returned, so that
// the host can count them from outside.
#pragma once

#include "kernel_model/mm/contpte.h"
#include "kernel_model/mm/folio.h"
#include "kernel_model/mm/memory.h"

namespace km {

struct VmFault {
    Vma& vma;
    u64 address;           // page aligned
    FaultFlags flags;
    u64* pmd{nullptr};     // the entry that names the page table
    u64* pte{nullptr};     // null: no table yet, or the entry was none
    Pte orig_pte{};
    bool orig_pte_valid{false};  // the table existed and orig_pte was read
};

enum class AnonymousFault : u64 {
    // 0..PMD_ORDER: mapped a new folio of that order
    ZeroPage = 16,
    Changed,      // the entry is no longer what was read
    NoMemory,
    Shared,       // a shared region without a file
};
enum class FileFault : u64 { Mapped, FaultAround, Copied, Shared, Changed, NoMemory, BeyondEnd };
enum class WriteFault : u64 { Copied, Reused, SharedReused, Changed, NoMemory };

// Nothing is mapped, and the region has no file.
extern "C" AnonymousFault do_anonymous_page(VmFault& vmf);
// Nothing is mapped, and the region has a file.
extern "C" FileFault do_fault(VmFault& vmf);
// A write to a present entry without write permission; vmf.pte and vmf.orig_pte are set.
extern "C" WriteFault do_wp_page(VmFault& vmf);
extern "C" WriteFault wp_page_copy(VmFault& vmf, Page* old_page);
extern "C" void wp_page_reuse(VmFault& vmf);

// The entry is no longer what the fault read. Linux: vmf_pte_changed().
[[nodiscard]] inline bool vmf_pte_changed(const VmFault& vmf) {
    const Pte pte = ptep_get(vmf.pte);
    return vmf.orig_pte_valid ? pte != vmf.orig_pte : !pte_none(pte);
}

// One page for this region, not mapped yet. Linux: folio_prealloc().
[[nodiscard]] inline Folio* folio_prealloc(bool need_zero) { return folio_alloc(0, need_zero); }

}  // namespace km
