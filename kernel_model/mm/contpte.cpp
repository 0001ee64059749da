// Contiguous blocks of entries: the functions behind the inline tests of contpte.h. Not part of an image with
// KM_CONTPTE = 0. Linux: arch/arm64/mm/contpte.c, 6.12.107.
#include "kernel_model/mm/contpte.h"

#include "kernel_model/mm/folio.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/mm/tlbflush.h"

namespace km {

namespace {

template <class Slot>
Slot* contpte_align_down(Slot* ptep) {
    return reinterpret_cast<Slot*>(reinterpret_cast<std::uintptr_t>(ptep) & ~(CONT_PTES * sizeof(u64) - 1));
}
bool at_block_boundary(const u64* ptep) { return contpte_align_down(ptep) == ptep; }

// Blocks that [ptep, +nr) covers in part, at its ends, become single entries.
void contpte_try_unfold_partial(AddressSpace& mm, u64 addr, u64* ptep, unsigned nr) {
    if (!at_block_boundary(ptep) || nr < CONT_PTES) contpte_try_unfold(mm, addr, ptep, __ptep_get(ptep));
    if (!at_block_boundary(ptep + nr)) {
        u64* const last = ptep + nr - 1;
        contpte_try_unfold(mm, addr + PAGE_SIZE * (nr - 1), last, __ptep_get(last));
    }
}

unsigned entries_to_boundary(const u64* ptep, unsigned nr) {
    const auto head = static_cast<unsigned>(contpte_align_down(ptep + CONT_PTES - 1) - ptep);
    return head < nr ? head : nr;
}

// Clears entries and gives each old one to sink(). After the partial ends were unfolded, the blocks in between are
// folded all or none: the entries are one batch, so they had the bit in common, and the last one tells.
template <class Sink>
void clear_and_count(u64* ptep, unsigned nr, Sink sink) {
    const u64* const end = ptep + nr;
    const u64* const blocks = ptep + entries_to_boundary(ptep, nr);
    const u64* const tail = blocks + (static_cast<unsigned>(end - blocks) & ~(CONT_PTES - 1));
    for (; ptep != blocks; ++ptep) sink(__ptep_get_and_clear(ptep));
    Pte last;
    for (; ptep != tail; ++ptep) sink(last = __ptep_get_and_clear(ptep));
    if (pte_valid_cont(last)) count(GUEST_CONTPTE_CLEARED_FOLDED, static_cast<u64>(tail - blocks) / CONT_PTES);
    for (; ptep != end; ++ptep) sink(__ptep_get_and_clear(ptep));
}

u64 access_bits(Pte pte) { return pte.raw & (PTE_RDONLY | PTE_AF | PTE_WRITE | PTE_DIRTY); }

// Each raw entry, not the OR of them: a walker that sets no flags itself faults on the one entry that it reads.
bool all_match_access_flags(const u64* ptep, Pte entry) {
    const u64* const block = contpte_align_down(ptep);
    for (unsigned i = 0; i < CONT_PTES; ++i)
        if (access_bits(__ptep_get(block + i)) != access_bits(entry)) return false;
    return true;
}

Pte with_flags_of(Pte pte, Pte other) {
    if (pte_dirty(other)) pte = pte_mkdirty(pte);
    if (pte_young(other)) pte = pte_mkyoung(pte);
    return pte;
}

Pte without_flags(Pte pte) { return pte_mkold(pte_mkclean(pte)); }

}  // namespace

extern "C" {

// Rewrites the block around `ptep` with `pte`'s bits: a change of the Contiguous bit needs break before make. Every
// entry gets the OR of all access flags and dirty states, which hardware may have set in any of them.
[[gnu::noinline]] void contpte_convert(AddressSpace& mm, u64 addr, u64* ptep, Pte pte) {
    u64* const block = contpte_align_down(ptep);
    const u64 start = addr & CONT_PTE_MASK;
    pte = pfn_pte(arch::align_down(pte_pfn(pte), CONT_PTES), pte_pgprot(pte));
    for (unsigned i = 0; i < CONT_PTES; ++i) pte = with_flags_of(pte, __ptep_get_and_clear(block + i));
    __flush_tlb_range(mm, start, start + CONT_PTE_SIZE, PAGE_SIZE, true, kPteLevel);
    __set_ptes(block, pte, CONT_PTES);
}

[[gnu::noinline]] FoldOutcome __contpte_try_fold(AddressSpace& mm, u64 addr, u64* ptep, Pte pte) {
    if constexpr (!kContpteFolds) return FoldOutcome::Disabled;
    if (!mm.is_user) return FoldOutcome::NotUser;

    Page* const page = pfn_to_page(pte_pfn(pte));
    Folio* const folio = page_folio(page);
    const u64 folio_start = addr - folio_page_idx(folio, page) * PAGE_SIZE;
    const u64 folio_end = folio_start + folio_nr_pages(folio) * PAGE_SIZE;
    const u64 block_start = addr & CONT_PTE_MASK;
    if (folio_start > block_start || folio_end < block_start + CONT_PTE_SIZE) return FoldOutcome::FolioTooSmall;

    const u64* const block = contpte_align_down(ptep);
    Pte expected = pfn_pte(arch::align_down(pte_pfn(pte), CONT_PTES), pte_pgprot(without_flags(pte)));
    for (unsigned i = 0; i < CONT_PTES; ++i) {
        if (without_flags(__ptep_get(block + i)) != expected) return FoldOutcome::Mismatch;
        expected = pte_advance_pfn(expected, 1);
    }
    contpte_convert(mm, addr, ptep, pte_mkcont(pte));
    return FoldOutcome::Folded;
}

[[gnu::noinline]] void __contpte_try_unfold(AddressSpace& mm, u64 addr, u64* ptep, Pte pte) {
    if (!mm.is_user) return;
    contpte_convert(mm, addr, ptep, pte_mknoncont(pte));
}

[[gnu::noinline]] Pte contpte_ptep_get(const u64* ptep, Pte orig_pte) {
    const u64* const block = contpte_align_down(ptep);
    for (unsigned i = 0; i < CONT_PTES; ++i) orig_pte = with_flags_of(orig_pte, __ptep_get(block + i));
    return orig_pte;
}

// Without the table's lock a block may change while it is read: start again unless it was consistent. One processor
// and no preemption make the first try succeed; the reads are Linux's all the same.
[[gnu::noinline]] Pte contpte_ptep_get_lockless(const u64* orig_ptep) {
    const u64* const block = contpte_align_down(orig_ptep);
    for (;;) {
        Pte result = __ptep_get(orig_ptep);
        if (!pte_valid_cont(result)) return result;
        Pte expected{without_flags(result).raw - (static_cast<u64>(orig_ptep - block) << PAGE_SHIFT)};
        unsigned i = 0;
        for (; i < CONT_PTES; ++i, expected = pte_advance_pfn(expected, 1)) {
            const Pte pte = __ptep_get(block + i);
            if (without_flags(pte) != expected) break;
            result = with_flags_of(result, pte);
        }
        if (i == CONT_PTES) return result;
    }
}

// Blocks that the range covers whole, aligned in address and in frame, are born contiguous: no entry was valid before,
// so there is nothing to break.
[[gnu::noinline]] void contpte_set_ptes(AddressSpace& mm, u64 addr, u64* ptep, Pte pte, unsigned nr) {
    if (!mm.is_user || !pte_valid(pte)) return __set_ptes(ptep, pte, nr);
    const u64 end = addr + nr * PAGE_SIZE;
    const PageProt prot = pte_pgprot(pte);
    for (u64 pfn = pte_pfn(pte); addr != end;) {
        const u64 boundary = (addr + CONT_PTE_SIZE) & CONT_PTE_MASK;
        const u64 next = boundary - 1 < end - 1 ? boundary : end;
        const auto entries = static_cast<unsigned>((next - addr) >> PAGE_SHIFT);
        const bool whole = ((addr | next | (pfn << PAGE_SHIFT)) & ~CONT_PTE_MASK) == 0;
        pte = pfn_pte(pfn, prot);
        if (whole && kContpteFolds) {
            pte = pte_mkcont(pte);
            count(GUEST_CONTPTE_BORN_FOLDED);
        }
        __set_ptes(ptep, pte, entries);
        addr = next;
        ptep += entries;
        pfn += entries;
    }
}

[[gnu::noinline]] void contpte_clear_full_ptes(AddressSpace& mm, u64 addr, u64* ptep, unsigned nr) {
    contpte_try_unfold_partial(mm, addr, ptep, nr);
    clear_and_count(ptep, nr, [](Pte) {});
}

[[gnu::noinline]] Pte contpte_get_and_clear_full_ptes(AddressSpace& mm, u64 addr, u64* ptep, unsigned nr) {
    contpte_try_unfold_partial(mm, addr, ptep, nr);
    Pte first;
    clear_and_count(ptep, nr, [&first](Pte pte) { first = pte_none(first) ? pte : with_flags_of(first, pte); });
    return first;
}

[[gnu::noinline]] bool contpte_ptep_test_and_clear_young(u64* ptep) {
    u64* const block = contpte_align_down(ptep);
    bool young = false;
    for (unsigned i = 0; i < CONT_PTES; ++i) young |= __ptep_test_and_clear_young(block + i);
    return young;
}

[[gnu::noinline]] bool contpte_ptep_clear_flush_young(AddressSpace& mm, u64 addr, u64* ptep) {
    const bool young = contpte_ptep_test_and_clear_young(ptep);
    if (young) {
        const u64 start = addr & CONT_PTE_MASK;
        __flush_tlb_range_nosync(mm, start, start + CONT_PTE_SIZE, PAGE_SIZE, true, kPteLevel);
    }
    return young;
}

// A whole block may be write protected in place: until the later flush a write may still pass, after it none. A part
// of one may not: contiguous entries must agree.
[[gnu::noinline]] void contpte_wrprotect_ptes(AddressSpace& mm, u64 addr, u64* ptep, unsigned nr) {
    contpte_try_unfold_partial(mm, addr, ptep, nr);
    __wrprotect_ptes(ptep, nr);
}

[[gnu::noinline]] void contpte_clear_young_dirty_ptes(u64* ptep, unsigned nr, unsigned flags) {
    u64* start = ptep;
    u64* end = ptep + nr;
    if (pte_cont(__ptep_get(end - 1))) end = contpte_align_down(end + CONT_PTES - 1);
    if (pte_cont(__ptep_get(start))) start = contpte_align_down(start);
    __clear_young_dirty_ptes(start, static_cast<unsigned>(end - start), flags);
}

// Access flag and dirty state change in place, in all entries, so that a core without hardware updates faults once
// per block and not once per page. A change of write permission needs single entries.
[[gnu::noinline]] bool contpte_ptep_set_access_flags(AddressSpace& mm, u64 addr, u64* ptep, Pte entry, bool dirty) {
    if (all_match_access_flags(ptep, entry)) return false;
    const Pte orig_pte = pte_mknoncont(__ptep_get(ptep));
    if (pte_write(orig_pte) != pte_write(entry)) {
        __contpte_try_unfold(mm, addr, ptep, orig_pte);
        __ptep_set_access_flags(mm, addr, ptep, entry, dirty);
        return true;
    }
    u64* const block = contpte_align_down(ptep);
    const u64 start = addr & CONT_PTE_MASK;
    for (unsigned i = 0; i < CONT_PTES; ++i)
        __ptep_set_access_flags(mm, start + i * PAGE_SIZE, block + i, entry, false);
    if (dirty) __flush_tlb_range(mm, start, start + CONT_PTE_SIZE, PAGE_SIZE, true, kPteLevel);
    return true;
}

}  // extern "C"

}  // namespace km
