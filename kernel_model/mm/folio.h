// A folio: 2^order naturally aligned frames that live and die as one. It is its first page; what belongs to the
// whole of a large one is kept in the second page. Linux: struct folio, include/linux/mm.h, 6.12.
#pragma once

#include "kernel_model/mm/page.h"

namespace km {

struct Folio {
    Page page;
};
static_assert(sizeof(Folio) == sizeof(Page));

[[nodiscard]] inline Folio* page_folio(Page* page) {
    const u64 head = page->compound_head;
    if ((head & 1) != 0) return reinterpret_cast<Folio*>(head - 1);
    return reinterpret_cast<Folio*>(page);
}
[[nodiscard]] inline Page* folio_page(Folio* folio, u64 index) { return &folio->page + index; }
[[nodiscard]] inline u64 folio_page_idx(const Folio* folio, const Page* page) {
    return static_cast<u64>(page - &folio->page);
}
[[nodiscard]] inline u64 folio_pfn(const Folio* folio) { return page_to_pfn(&folio->page); }

[[nodiscard]] inline bool folio_test_large(const Folio* folio) { return folio->page.test(PG_head); }
// Only of a large folio.
[[nodiscard]] inline Page::Large& folio_large(Folio* folio) { return folio_page(folio, 1)->large; }
[[nodiscard]] inline ListNode& folio_deferred_list(Folio* folio) { return folio_page(folio, 1)->links; }

[[nodiscard]] inline unsigned folio_order(Folio* folio) { return folio_test_large(folio) ? folio_large(folio).order : 0; }
[[nodiscard]] inline u64 folio_nr_pages(Folio* folio) { return u64{1} << folio_order(folio); }

[[nodiscard]] inline bool folio_test_anon(const Folio* folio) {
    return (folio->page.own.mapping & PAGE_MAPPING_ANON) != 0;
}
[[nodiscard]] inline AnonVma* folio_anon_vma(const Folio* folio) {
    return reinterpret_cast<AnonVma*>(folio->page.own.mapping & ~PAGE_MAPPING_ANON);
}
[[nodiscard]] inline bool page_anon(Page* page) { return folio_test_anon(page_folio(page)); }

// PTE mappings of any page of the folio. Linux: folio_mapcount().
[[nodiscard]] inline i32 folio_mapcount(Folio* folio) {
    return (folio_test_large(folio) ? folio_large(folio).large_mapcount : folio->page.mapcount) + 1;
}
[[nodiscard]] inline bool folio_likely_mapped_shared(Folio* folio);

inline void folio_ref_add(Folio* folio, u64 nr) { folio->page.refcount += static_cast<i32>(nr); }
inline void folio_get(Folio* folio) { ++folio->page.refcount; }

// Allocates a folio with one reference, mapped nowhere; null: no memory. Linux: folio_alloc().
[[nodiscard]] Folio* folio_alloc(unsigned order, bool zero);
// Drops references; the last one frees the folio.
void folio_put_refs(Folio* folio, u64 nr);
inline void folio_put(Folio* folio) { folio_put_refs(folio, 1); }
void folio_zero_user(Folio* folio);
// Makes 2^order single folios of a large one that is mapped nowhere; each keeps one reference of the caller's.
// Linux: the middle of __split_huge_page().
void split_folio_pages(Folio* folio);

// The guess of 6.12: exact for small folios, from page 0's count for large ones.
inline bool folio_likely_mapped_shared(Folio* folio) {
    const i32 mapcount = folio_mapcount(folio);
    if (!folio_test_large(folio) || mapcount <= 1) return mapcount > 1;
    if (folio_large(folio).entire_mapcount >= 0) return true;
    if (static_cast<u64>(mapcount) > folio_nr_pages(folio)) return true;
    return folio->page.mapcount > 0;
}

}  // namespace km
