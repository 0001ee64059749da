#include "kernel_model/mm/split_folio.h"

#include "kernel_model/mm/anon_vma.h"
#include "kernel_model/mm/contpte.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/rmap.h"
#include "kernel_model/mm/tlbflush.h"

namespace km {
namespace {

// While it is split, a page is mapped by a migration entry: not present, frame in the address field, and what must come
// back in the type bits [10:6] of a swap entry.
constexpr u64 kMigrationRead = u64{1} << 6;
constexpr u64 kMigrationReadExclusive = u64{2} << 6;
constexpr u64 kMigrationWrite = u64{3} << 6;
constexpr u64 kMigrationType = u64{0x1f} << 6;
// Kept in free bits of the offset. Linux: SWP_MIG_YOUNG, SWP_MIG_DIRTY.
constexpr u64 kMigrationYoung = u64{1} << 60;
constexpr u64 kMigrationDirty = u64{1} << 61;

Pte migration_entry(Pte pte, bool exclusive) {
    const u64 type = pte_write(pte) ? kMigrationWrite : exclusive ? kMigrationReadExclusive : kMigrationRead;
    const u64 flags = (pte_young(pte) ? kMigrationYoung : 0) | (pte_dirty(pte) ? kMigrationDirty : 0);
    return {(pte.raw & PTE_PFN_MASK) | type | flags};
}

// Calls visit(vma, address, slot) for each place where a region could map page `index` of the folio.
template <class Visit>
void for_each_place(Folio* folio, u64 index, Visit visit) {
    const u64 pgoff = folio->page.own.index + index;
    ListNode& regions = folio_anon_vma(folio)->regions;
    for (ListNode* node = regions.next; node != &regions; node = node->next) {
        Vma& vma = *list_owner<AnonVmaChain>(node, offsetof(AnonVmaChain, same_anon_vma))->vma;
        if (pgoff < vma.vm_pgoff || pgoff >= vma.vm_pgoff + vma.pages()) continue;
        const u64 address = vma.vm_start + ((pgoff - vma.vm_pgoff) << PAGE_SHIFT);
        u64* const pmd = find_entry(*vma.vm_mm, kPteLevel - 1, address);
        const u64 entry = pmd != nullptr ? port::load_descriptor(pmd) : 0;
        if (entry != 0) visit(vma, address, pte_offset(entry, address));
    }
}

// The operations are not waited for one by one: the caller waits once.
void try_to_migrate_one(Folio* folio, Page* page, Vma& vma, u64 address, u64* ptep) {
    AddressSpace& mm = *vma.vm_mm;
    const Pte seen = ptep_get(ptep);
    if (!pte_present(seen) || pte_pfn(seen) != page_to_pfn(page)) return;
    const bool exclusive = page->test(PG_anon_exclusive);
    const Pte pte = ptep_get_and_clear(mm, address, ptep);
    if (pte_valid(pte)) {
        flush_tlb_page_nosync(mm, address);
        mm.tlb_flush_batched = true;
    }
    if (exclusive) folio_try_share_anon_rmap_pte(page);
    set_pte_at(mm, address, ptep, migration_entry(pte, exclusive));
    --mm.rss_anon;
    folio_remove_rmap_pte(folio, page);
    folio_put(folio);
}

void remove_migration_pte(Page* page, Vma& vma, u64 address, u64* ptep) {
    AddressSpace& mm = *vma.vm_mm;
    const Pte entry = ptep_get(ptep);
    if (pte_none(entry) || pte_present(entry) || pte_pfn(entry) != page_to_pfn(page)) return;
    const u64 type = entry.raw & kMigrationType;
    Pte pte = mk_pte(page, vma_page_prot(vma));
    if ((entry.raw & kMigrationYoung) == 0) pte = pte_mkold(pte);
    if ((entry.raw & kMigrationDirty) != 0) pte = pte_mkdirty(pte);
    if (type == kMigrationWrite) pte = pte_mkwrite(pte);
    Folio* const folio = page_folio(page);
    folio_get(folio);
    ++mm.rss_anon;
    const RmapFlags flags = type == kMigrationRead ? RmapFlags::None : RmapFlags::Exclusive;
    folio_add_anon_rmap_pte(folio, page, vma, address, flags);
    set_pte_at(mm, address, ptep, pte);
}

void unmap_folio(Folio* folio, u64 nr) {
    for (u64 i = 0; i != nr; ++i) {
        Page* const page = folio_page(folio, i);
        for_each_place(folio, i, [folio, page](Vma& vma, u64 address, u64* ptep) {
            try_to_migrate_one(folio, page, vma, address, ptep);
        });
    }
    port::barrier(port::Barrier::DsbIsh);
}

}  // namespace

bool split_folio(Folio* folio) {
    if (folio->page.refcount != folio_mapcount(folio) + 1) return false;
    const u64 nr = folio_nr_pages(folio);
    unmap_folio(folio, nr);
    split_folio_pages(folio);
    for (u64 i = 0; i != nr; ++i) {
        Page* const page = folio_page(folio, i);
        for_each_place(page_folio(page), 0, [page](Vma& vma, u64 address, u64* ptep) {
            remove_migration_pte(page, vma, address, ptep);
        });
    }
    // One reference each was left by the split; pages without a mapping die here.
    for (u64 i = 1; i != nr; ++i) folio_put(page_folio(folio_page(folio, i)));
    return true;
}

}  // namespace km
