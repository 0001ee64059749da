// One Page per frame of RAM. Linux: struct page, 64 bytes as there, so that its cache footprint is comparable.
#pragma once

#include <cstddef>

#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/lib/list.h"
#include "kernel_model/mm/geometry.h"
#include "kernel_model/port/port.h"

namespace km {

struct AnonVma;
struct File;

enum PageFlag : u64 {
    PG_reserved = 1u << 0,          // never was free memory: kernel image, page array, initrd
    PG_buddy = 1u << 1,             // head of a free block; own.private_data = its order
    PG_slab = 1u << 2,              // an ObjectPool's
    PG_table = 1u << 3,             // a translation table; own.private_data = its level
    PG_head = 1u << 4,              // first page of a large folio; the second page has `large`
    PG_anon_exclusive = 1u << 5,    // anonymous and mapped by one process only: may be written without a copy
    PG_partially_mapped = 1u << 6,  // large anonymous folio that lost some of its mappings
    PG_dirty = 1u << 7,             // page cache: differs from the file's bytes
    PG_referenced = 1u << 8,        // page cache: was accessed through a mapping
};

// Own.mapping of an anonymous page has this bit beside its AnonVma. Linux: PAGE_MAPPING_ANON.
inline constexpr u64 PAGE_MAPPING_ANON = 1;

struct Page {
    struct Own {
        u64 mapping;       // AnonVma* | PAGE_MAPPING_ANON, File*, or 0
        u64 index;         // of page 0 of a folio: linear_page_index() in the file or virtual anonymous file
        u64 private_data;  // see PG_buddy, PG_table
    };
    // In the second page of a large folio; that page's links are the folio's place on the deferred split list.
    struct Large {
        i32 large_mapcount;   // PTE mappings of any page, minus 1
        i32 entire_mapcount;  // PMD mappings, minus 1
        i32 nr_pages_mapped;  // pages with at least one PTE mapping
        u32 order;
    };

    u64 flags{0};
    u64 compound_head{0};  // tail of a large folio: address of its head, plus 1
    i32 mapcount{-1};      // PTE mappings of this page, minus 1. Linux: _mapcount
    i32 refcount{0};       // Linux: _refcount
    ListNode links;        // free list of the buddy allocator
    union {
        Own own{};
        Large large;
    };

    [[nodiscard]] bool test(PageFlag flag) const { return (flags & flag) != 0; }
    void set(PageFlag flag) { flags |= flag; }
    void clear(PageFlag flag) { flags &= ~u64{flag}; }
};
static_assert(sizeof(Page) == 64);

// The page array covers one range of frames: [first_pfn, end_pfn).
struct PageArray {
    Page* pages{nullptr};
    u64 first_pfn{0};
    u64 end_pfn{0};
};
extern PageArray page_array;
static_assert(sizeof(Page) == GUEST_FRAME_DESCRIPTOR_BYTES && sizeof(PageArray) == sizeof(guest_frame_array) &&
              offsetof(PageArray, first_pfn) == offsetof(guest_frame_array, first_frame));

[[nodiscard]] inline u64 page_to_pfn(const Page* page) {
    return static_cast<u64>(page - page_array.pages) + page_array.first_pfn;
}
[[nodiscard]] inline Page* pfn_to_page(u64 pfn) { return page_array.pages + (pfn - page_array.first_pfn); }
[[nodiscard]] inline bool pfn_valid(u64 pfn) { return pfn >= page_array.first_pfn && pfn < page_array.end_pfn; }
[[nodiscard]] inline u64 page_to_phys(const Page* page) { return page_to_pfn(page) << PAGE_SHIFT; }
[[nodiscard]] inline void* page_address(const Page* page) { return port::phys_to_virt(page_to_phys(page)); }
[[nodiscard]] inline Page* virt_to_page(const void* address) {
    return pfn_to_page(port::virt_to_phys(address) >> PAGE_SHIFT);
}
[[nodiscard]] inline Page* page_of_links(ListNode* node) { return list_owner<Page>(node, offsetof(Page, links)); }

// The page that read faults on untouched anonymous memory map. Linux: empty_zero_page.
extern u64 zero_pfn;
[[nodiscard]] inline bool is_zero_pfn(u64 pfn) { return pfn == zero_pfn; }

}  // namespace km
