#include "kernel_model/mm/folio.h"

#include "kernel_model/mm/buddy_allocator.h"
#include "kernel_model/mm/kernel_options.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/mm/rmap.h"

namespace km {

PageArray page_array;
u64 zero_pfn;

namespace {

void zero_pages(Page* page, u64 nr) {
    char* const memory = static_cast<char*>(page_address(page));
    for (u64 i = 0; i != nr; ++i) port::zero_page(memory + i * PAGE_SIZE);
}

// Linux: prep_compound_page().
void make_large(Page* page, unsigned order) {
    const u64 tail_mark = reinterpret_cast<u64>(page) | 1;
    page->set(PG_head);
    for (u64 i = 1; i != u64{1} << order; ++i) page[i].compound_head = tail_mark;
    page[1].large = {-1, -1, 0, order};
}

// Makes single pages of a large folio again: no head, no tails.
void make_small(Folio* folio) {
    const u64 nr = folio_nr_pages(folio);
    for (u64 i = 1; i != nr; ++i) folio_page(folio, i)->compound_head = 0;
    folio_page(folio, 1)->own = {};
    folio->page.clear(PG_head);
}

// Linux: free_pages_prepare().
void free_folio(Folio* folio) {
    const unsigned order = folio_order(folio);
    if (folio_test_anon(folio)) uncount_by_order(GUEST_NR_ANON, order);
    if (folio_test_large(folio)) {
        folio_unqueue_deferred_split(folio);
        make_small(folio);
    }
    for (u64 i = 0; i != u64{1} << order; ++i) {
        folio_page(folio, i)->flags = 0;
        folio_page(folio, i)->own = {};
    }
    buddy.free(&folio->page, order);
}

}  // namespace

Page* alloc_pages(unsigned order, bool zero) {
    Page* const page = buddy.allocate(order);
    if (page != nullptr && (zero || kernel_options.init_on_alloc)) zero_pages(page, u64{1} << order);
    return page;
}

void free_pages(Page* page, unsigned order) { buddy.free(page, order); }

Folio* folio_alloc(unsigned order, bool zero) {
    Page* const page = alloc_pages(order, zero);
    if (page == nullptr) return nullptr;
    if (order != 0) make_large(page, order);
    page->refcount = 1;
    return reinterpret_cast<Folio*>(page);
}

void folio_put_refs(Folio* folio, u64 nr) {
    folio->page.refcount -= static_cast<i32>(nr);
    if (folio->page.refcount == 0) free_folio(folio);
}

void folio_zero_user(Folio* folio) { zero_pages(&folio->page, folio_nr_pages(folio)); }

void split_folio_pages(Folio* folio) {
    const u64 nr = folio_nr_pages(folio);
    const unsigned order = folio_order(folio);
    folio_unqueue_deferred_split(folio);
    make_small(folio);
    const Page::Own head = folio->page.own;
    for (u64 i = 0; i != nr; ++i) {
        Page* const page = folio_page(folio, i);
        page->own = {head.mapping, head.index + i, 0};
        page->refcount = 1;
        page->clear(PG_anon_exclusive);
    }
    uncount_by_order(GUEST_NR_ANON, order);
    count_by_order(GUEST_NR_ANON, 0, nr);
}

}  // namespace km
