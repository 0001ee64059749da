// The entry of a page table and what can be said of it, without touching memory. Linux: the pte_*() helpers of
// arch/arm64/include/asm/pgtable.h and the bits of pgtable-hwdef.h and pgtable-prot.h, 6.12.
//
// Dirty state: hardware dirty = PTE_WRITE and not PTE_RDONLY; dirty = PTE_DIRTY (software) or hardware dirty. A clean
// writable page has both PTE_WRITE and PTE_RDONLY: a write faults, or the hardware clears PTE_RDONLY.
#pragma once

#include "kernel_model/mm/page.h"
#include "kernel_model/mm/vma.h"
#include "mmu/arch/descriptor.h"

namespace km {

struct Pte {
    u64 raw{0};
    friend constexpr bool operator==(Pte, Pte) = default;
};

inline constexpr u64 PTE_VALID = arch::Descriptor::Valid::kMask;
inline constexpr u64 PTE_TYPE_PAGE = arch::Descriptor::Valid::kMask | arch::Descriptor::TableOrPage::kMask;
inline constexpr u64 PTE_ATTRINDX_MASK = arch::Descriptor::AttrIndx::kMask;
inline constexpr u64 PTE_ATTRINDX_NORMAL = arch::Descriptor::AttrIndx::make(0);  // Linux: MT_NORMAL
inline constexpr u64 PTE_USER = arch::Descriptor::AP1::kMask;
inline constexpr u64 PTE_RDONLY = arch::Descriptor::AP2::kMask;
inline constexpr u64 PTE_SHARED = arch::Descriptor::SH::kMask;
inline constexpr u64 PTE_AF = arch::Descriptor::AF::kMask;
inline constexpr u64 PTE_NG = arch::Descriptor::nG::kMask;
inline constexpr u64 PTE_GP = arch::Descriptor::GP::kMask;
inline constexpr u64 PTE_WRITE = arch::Descriptor::DBM::kMask;
inline constexpr u64 PTE_CONT = arch::Descriptor::Contiguous::kMask;
inline constexpr u64 PTE_PXN = arch::Descriptor::PXN::kMask;
inline constexpr u64 PTE_UXN = arch::Descriptor::UXN::kMask;
inline constexpr u64 PTE_DIRTY = u64{1} << 55;
inline constexpr u64 PTE_SPECIAL = u64{1} << 56;
inline constexpr u64 PTE_PRESENT_INVALID = PTE_NG;  // only without PTE_VALID: PROT_NONE
inline constexpr u64 PTE_PFN_MASK = arch::Descriptor::OutputAddress::kMask;

// Protection bits of a region, to be combined with a frame. Linux: pgprot_t.
struct PageProt {
    u64 bits{0};
};

[[nodiscard]] constexpr bool pte_none(Pte pte) { return pte.raw == 0; }
[[nodiscard]] constexpr bool pte_valid(Pte pte) { return (pte.raw & PTE_VALID) != 0; }
[[nodiscard]] constexpr bool pte_present(Pte pte) {
    return pte_valid(pte) || (pte.raw & (PTE_VALID | PTE_PRESENT_INVALID)) == PTE_PRESENT_INVALID;
}
[[nodiscard]] constexpr bool pte_cont(Pte pte) { return (pte.raw & PTE_CONT) != 0; }
[[nodiscard]] constexpr bool pte_valid_cont(Pte pte) {
    return (pte.raw & (PTE_VALID | PTE_CONT)) == (PTE_VALID | PTE_CONT);
}
[[nodiscard]] constexpr bool pte_write(Pte pte) { return (pte.raw & PTE_WRITE) != 0; }
[[nodiscard]] constexpr bool pte_young(Pte pte) { return (pte.raw & PTE_AF) != 0; }
[[nodiscard]] constexpr bool pte_special(Pte pte) { return (pte.raw & PTE_SPECIAL) != 0; }
[[nodiscard]] constexpr bool pte_sw_dirty(Pte pte) { return (pte.raw & PTE_DIRTY) != 0; }
[[nodiscard]] constexpr bool pte_hw_dirty(Pte pte) { return (pte.raw & (PTE_WRITE | PTE_RDONLY)) == PTE_WRITE; }
[[nodiscard]] constexpr bool pte_dirty(Pte pte) { return pte_sw_dirty(pte) || pte_hw_dirty(pte); }
[[nodiscard]] constexpr u64 pte_pfn(Pte pte) { return (pte.raw & PTE_PFN_MASK) >> PAGE_SHIFT; }
[[nodiscard]] constexpr PageProt pte_pgprot(Pte pte) { return {pte.raw & ~PTE_PFN_MASK}; }

[[nodiscard]] constexpr Pte pfn_pte(u64 pfn, PageProt prot) { return {(pfn << PAGE_SHIFT) | prot.bits}; }
[[nodiscard]] constexpr Pte pte_advance_pfn(Pte pte, u64 pages) { return {pte.raw + (pages << PAGE_SHIFT)}; }
[[nodiscard]] constexpr Pte pte_mkyoung(Pte pte) { return {pte.raw | PTE_AF}; }
[[nodiscard]] constexpr Pte pte_mkold(Pte pte) { return {pte.raw & ~PTE_AF}; }
[[nodiscard]] constexpr Pte pte_mkclean(Pte pte) { return {(pte.raw & ~PTE_DIRTY) | PTE_RDONLY}; }
[[nodiscard]] constexpr Pte pte_mkdirty(Pte pte) {
    return {(pte_write(pte) ? pte.raw & ~PTE_RDONLY : pte.raw) | PTE_DIRTY};
}
[[nodiscard]] constexpr Pte pte_mkwrite(Pte pte) {
    return {(pte_sw_dirty(pte) ? pte.raw & ~PTE_RDONLY : pte.raw) | PTE_WRITE};
}
// Hardware dirty state would be lost with PTE_WRITE: it is saved in PTE_DIRTY first.
[[nodiscard]] constexpr Pte pte_wrprotect(Pte pte) {
    const u64 saved = pte_hw_dirty(pte) ? pte.raw | PTE_DIRTY : pte.raw;
    return {(saved & ~PTE_WRITE) | PTE_RDONLY};
}
[[nodiscard]] constexpr Pte pte_mkcont(Pte pte) { return {pte.raw | PTE_CONT}; }
[[nodiscard]] constexpr Pte pte_mknoncont(Pte pte) { return {pte.raw & ~PTE_CONT}; }
[[nodiscard]] constexpr Pte pte_mkspecial(Pte pte) { return {pte.raw | PTE_SPECIAL}; }

// New protection, same frame; access flag and dirty state survive.
[[nodiscard]] constexpr Pte pte_modify(Pte pte, PageProt prot) {
    constexpr u64 kMask = PTE_USER | PTE_PXN | PTE_UXN | PTE_RDONLY | PTE_PRESENT_INVALID | PTE_VALID | PTE_WRITE |
                          PTE_GP | PTE_ATTRINDX_MASK;
    const u64 saved = pte_hw_dirty(pte) ? pte.raw | PTE_DIRTY : pte.raw;
    const Pte changed{(saved & ~kMask) | (prot.bits & kMask)};
    return pte_sw_dirty(changed) ? pte_mkdirty(changed) : changed;
}

inline constexpr u64 kPageDefault = PTE_TYPE_PAGE | PTE_AF | PTE_SHARED | PTE_ATTRINDX_NORMAL;
inline constexpr PageProt PAGE_NONE{(kPageDefault & ~PTE_VALID) | PTE_PRESENT_INVALID | PTE_RDONLY | PTE_NG | PTE_PXN |
                                    PTE_UXN};
inline constexpr PageProt PAGE_READONLY{kPageDefault | PTE_USER | PTE_RDONLY | PTE_NG | PTE_PXN | PTE_UXN};
inline constexpr PageProt PAGE_READONLY_EXEC{kPageDefault | PTE_USER | PTE_RDONLY | PTE_NG | PTE_PXN};
inline constexpr PageProt PAGE_SHARED{PAGE_READONLY.bits | PTE_WRITE};
inline constexpr PageProt PAGE_SHARED_EXEC{PAGE_READONLY_EXEC.bits | PTE_WRITE};

// Private regions are never writable by protection alone: the first write makes the copy. Linux: vm_get_page_prot()
// with protection_map of arch/arm64/mm/mmap.c, cores without enhanced PAN.
[[nodiscard]] constexpr PageProt vm_get_page_prot(u64 vm_flags) {
    if ((vm_flags & (VM_READ | VM_WRITE | VM_EXEC)) == 0) return PAGE_NONE;
    const bool shared_write = (vm_flags & (VM_SHARED | VM_WRITE)) == (VM_SHARED | VM_WRITE);
    if ((vm_flags & VM_EXEC) != 0) return shared_write ? PAGE_SHARED_EXEC : PAGE_READONLY_EXEC;
    return shared_write ? PAGE_SHARED : PAGE_READONLY;
}
[[nodiscard]] inline PageProt vma_page_prot(const Vma& vma) { return vm_get_page_prot(vma.vm_flags); }
[[nodiscard]] inline Pte mk_pte(const Page* page, PageProt prot) { return pfn_pte(page_to_pfn(page), prot); }
[[nodiscard]] inline Pte maybe_mkwrite(Pte pte, const Vma& vma) {
    return (vma.vm_flags & VM_WRITE) != 0 ? pte_mkwrite(pte) : pte;
}
// The page that map counts and references belong to; null for special entries (the zero page). Linux: vm_normal_page().
[[nodiscard]] inline Page* vm_normal_page(Pte pte) { return pte_special(pte) ? nullptr : pfn_to_page(pte_pfn(pte)); }

}  // namespace km
