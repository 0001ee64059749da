#include "kernel_model/mm/rmap.h"

#include "kernel_model/mm/anon_vma.h"
#include "kernel_model/mm/mm_counters.h"

namespace km {

ListNode deferred_split_list;

namespace {

// Pages that only this process can reach belong to its own AnonVma; others could be reached from its ancestors.
void set_anon(Folio* folio, const Vma& vma, u64 address, RmapFlags flags) {
    AnonVma* const anon_vma = flags == RmapFlags::Exclusive ? vma.anon_vma : vma.anon_vma->root;
    folio->page.own.mapping = reinterpret_cast<u64>(anon_vma) | PAGE_MAPPING_ANON;
    folio->page.own.index = vma.linear_page_index(address);
    count_by_order(GUEST_NR_ANON, folio_order(folio));
}

void add_pte_mappings(Folio* folio, Page* page, u64 nr) {
    if (!folio_test_large(folio)) {
        ++page->mapcount;
        return;
    }
    Page::Large& large = folio_large(folio);
    for (u64 i = 0; i != nr; ++i)
        if (++page[i].mapcount == 0) ++large.nr_pages_mapped;
    large.large_mapcount += static_cast<i32>(nr);
}

void dup_pte_mappings(Folio* folio, Page* page, u64 nr) {
    for (u64 i = 0; i != nr; ++i) ++page[i].mapcount;
    if (folio_test_large(folio)) folio_large(folio).large_mapcount += static_cast<i32>(nr);
}

}  // namespace

void folio_add_new_anon_rmap(Folio* folio, const Vma& vma, u64 address, RmapFlags flags) {
    set_anon(folio, vma, address, flags);
    const u64 nr = folio_nr_pages(folio);
    for (u64 i = 0; i != nr; ++i) {
        Page* const page = folio_page(folio, i);
        page->mapcount = 0;
        if (flags == RmapFlags::Exclusive) page->set(PG_anon_exclusive);
    }
    if (nr == 1) return;
    folio_large(folio).large_mapcount = static_cast<i32>(nr) - 1;
    folio_large(folio).nr_pages_mapped = static_cast<i32>(nr);
}

void folio_add_anon_rmap_ptes(Folio* folio, Page* page, u64 nr, const Vma& vma, u64 address, RmapFlags flags) {
    if (!folio_test_anon(folio)) set_anon(folio, vma, address - folio_page_idx(folio, page) * PAGE_SIZE, flags);
    add_pte_mappings(folio, page, nr);
    if (flags == RmapFlags::Exclusive)
        for (u64 i = 0; i != nr; ++i) page[i].set(PG_anon_exclusive);
}

void folio_add_file_rmap_ptes(Folio* folio, Page* page, u64 nr) { add_pte_mappings(folio, page, nr); }

void folio_dup_file_rmap_ptes(Folio* folio, Page* page, u64 nr) { dup_pte_mappings(folio, page, nr); }

void folio_try_dup_anon_rmap_ptes(Folio* folio, Page* page, u64 nr) {
    for (u64 i = 0; i != nr; ++i) page[i].clear(PG_anon_exclusive);
    dup_pte_mappings(folio, page, nr);
}

void folio_remove_rmap_ptes(Folio* folio, Page* page, u64 nr) {
    if (!folio_test_large(folio)) {
        --page->mapcount;
        return;
    }
    Page::Large& large = folio_large(folio);
    large.large_mapcount -= static_cast<i32>(nr);
    u64 unmapped = 0;
    for (u64 i = 0; i != nr; ++i)
        if (--page[i].mapcount == -1) ++unmapped;
    large.nr_pages_mapped -= static_cast<i32>(unmapped);
    const bool partially_mapped = unmapped != 0 && large.nr_pages_mapped != 0;
    if (partially_mapped && folio_test_anon(folio) && !folio->page.test(PG_partially_mapped)) deferred_split_folio(folio);
}

void folio_move_anon_rmap(Folio* folio, const Vma& vma) {
    folio->page.own.mapping = reinterpret_cast<u64>(vma.anon_vma) | PAGE_MAPPING_ANON;
}

void deferred_split_folio(Folio* folio) {
    if (folio_order(folio) <= 1) return;
    folio->page.set(PG_partially_mapped);
    count_by_order(GUEST_SPLIT_DEFERRED, folio_order(folio));
    count_by_order(GUEST_NR_ANON_PARTIALLY_MAPPED, folio_order(folio));
    ListNode& place = folio_deferred_list(folio);
    if (place.empty()) place.insert_tail(deferred_split_list);
}

void folio_unqueue_deferred_split(Folio* folio) {
    if (!folio->page.test(PG_partially_mapped)) return;
    folio->page.clear(PG_partially_mapped);
    uncount_by_order(GUEST_NR_ANON_PARTIALLY_MAPPED, folio_order(folio));
    folio_deferred_list(folio).remove();
}

}  // namespace km
