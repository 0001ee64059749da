// The page allocator: free blocks of 2^0..2^10 pages on one list per order. Linux: mm/page_alloc.c without zones,
// migrate types and per-CPU lists.
//
// As in Linux, the first block of the smallest sufficient order is taken, its low part is handed out and its upper
// halves are put back; a freed block joins its buddy as long as that is free and whole, and goes to the head of
// its list. So fresh memory is handed out in ascending, neighbouring frames.
#pragma once

#include "kernel_model/lib/list.h"
#include "kernel_model/mm/page.h"

namespace km {

class Random;

class BuddyAllocator {
public:
    static constexpr unsigned kMaxOrder = 10;

    // Gives pages [first, end) of the page array to the allocator. Blocks are appended in ascending order.
    void add_range(u64 first_pfn, u64 end_pfn);
    // Orders the free memory by chance: blocks of the largest order are permuted, then `percent` of them are broken
    // into single pages, in an order of chance and not joined, so that neighbours in time are not neighbours in memory.
    // percent = 0 and seed = 0 leave everything as it is.
    void shuffle(unsigned percent, u64 seed);

    // 2^order pages, naturally aligned; reference counts 0. Null: no memory.
    [[nodiscard]] Page* allocate(unsigned order);
    void free(Page* page, unsigned order);

    [[nodiscard]] u64 free_pages() const { return free_pages_; }
    [[nodiscard]] u64 free_blocks(unsigned order) const { return lists_[order].count; }

private:
    struct FreeList {
        ListNode head;
        u64 count{0};
    };
    void put(Page* page, unsigned order, bool at_tail);
    void take(Page* page, unsigned order);
    void break_into_pages(unsigned percent, Random& random);
    [[nodiscard]] Page* free_buddy(const Page* page, unsigned order) const;

    FreeList lists_[kMaxOrder + 1];
    u64 free_pages_{0};
};

extern BuddyAllocator buddy;

// 2^order pages, zeroed if asked or if init_on_alloc is set. Null: no memory.
[[nodiscard]] Page* alloc_pages(unsigned order, bool zero);
void free_pages(Page* page, unsigned order);

}  // namespace km
