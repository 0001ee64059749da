// Mapping counts of folios. Linux: include/linux/rmap.h and mm/rmap.c, 6.12: one count per page, and for large folios
// their sum and the number of pages that have any.
//
// Small folio: page.mapcount. Large: each page's own mapcount; large_mapcount is their sum; nr_pages_mapped the
// number of pages with a mapping. All mapcounts are kept minus 1, as Linux does. Every mapping holds one reference.
#pragma once

#include "kernel_model/mm/folio.h"
#include "kernel_model/mm/vma.h"

namespace km {

// Deferred split list: large folios some of whose pages could be given back. Linux: per memory cgroup or node.
extern ListNode deferred_split_list;

enum class RmapFlags : u8 { None, Exclusive };

// First mapping of a fresh folio, all of its pages at `address` on.
void folio_add_new_anon_rmap(Folio* folio, const Vma& vma, u64 address, RmapFlags flags);
void folio_add_anon_rmap_ptes(Folio* folio, Page* page, u64 nr, const Vma& vma, u64 address, RmapFlags flags);
void folio_add_file_rmap_ptes(Folio* folio, Page* page, u64 nr);
void folio_remove_rmap_ptes(Folio* folio, Page* page, u64 nr);
// Fork: the pages get a second mapping and are exclusive no more. Cannot fail: no page is ever pinned.
void folio_try_dup_anon_rmap_ptes(Folio* folio, Page* page, u64 nr);
void folio_dup_file_rmap_ptes(Folio* folio, Page* page, u64 nr);
// Before a page is unmapped to be mapped again elsewhere: it is exclusive no more. Cannot fail either.
inline void folio_try_share_anon_rmap_pte(Page* page) { page->clear(PG_anon_exclusive); }
// The folio belongs to this region's own AnonVma from now on. Linux: folio_move_anon_rmap().
void folio_move_anon_rmap(Folio* folio, const Vma& vma);

inline void folio_add_anon_rmap_pte(Folio* folio, Page* page, const Vma& vma, u64 address, RmapFlags flags) {
    folio_add_anon_rmap_ptes(folio, page, 1, vma, address, flags);
}
inline void folio_add_file_rmap_pte(Folio* folio, Page* page) { folio_add_file_rmap_ptes(folio, page, 1); }
inline void folio_remove_rmap_pte(Folio* folio, Page* page) { folio_remove_rmap_ptes(folio, page, 1); }

// Linux: deferred_split_folio(folio, true), folio_unqueue_deferred_split(), mm/huge_memory.c.
void deferred_split_folio(Folio* folio);
void folio_unqueue_deferred_split(Folio* folio);

}  // namespace km
