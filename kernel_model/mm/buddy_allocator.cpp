#include "kernel_model/mm/buddy_allocator.h"

#include "kernel_model/lib/random.h"
#include "kernel_model/mm/kernel_options.h"

namespace km {

BuddyAllocator buddy;

void BuddyAllocator::put(Page* page, unsigned order, bool at_tail) {
    page->set(PG_buddy);
    page->own.private_data = order;
    FreeList& list = lists_[order];
    if (at_tail)
        page->links.insert_tail(list.head);
    else
        page->links.insert_head(list.head);
    ++list.count;
}

void BuddyAllocator::take(Page* page, unsigned order) {
    page->links.remove();
    page->clear(PG_buddy);
    --lists_[order].count;
}

// The block beside `page`, if it is free as a whole.
Page* BuddyAllocator::free_buddy(const Page* page, unsigned order) const {
    const u64 pfn = page_to_pfn(page) ^ (u64{1} << order);
    if (!pfn_valid(pfn)) return nullptr;
    Page* const other = pfn_to_page(pfn);
    return other->test(PG_buddy) && other->own.private_data == order ? other : nullptr;
}

Page* BuddyAllocator::allocate(unsigned order) {
    unsigned at = order;
    while (at <= kMaxOrder && lists_[at].count == 0) ++at;
    if (at > kMaxOrder) return nullptr;
    Page* const page = page_of_links(lists_[at].head.next);
    take(page, at);
    while (at != order) {
        --at;
        put(page + (u64{1} << at), at, false);
    }
    free_pages_ -= u64{1} << order;
    return page;
}

void BuddyAllocator::free(Page* page, unsigned order) {
    free_pages_ += u64{1} << order;
    while (order != kMaxOrder) {
        Page* const other = free_buddy(page, order);
        if (other == nullptr) break;
        take(other, order);
        if (other < page) page = other;
        ++order;
    }
    put(page, order, false);
}

void BuddyAllocator::add_range(u64 first_pfn, u64 end_pfn) {
    for (u64 pfn = first_pfn; pfn != end_pfn;) {
        unsigned order = kMaxOrder;
        while (!arch::is_aligned(pfn, u64{1} << order) || pfn + (u64{1} << order) > end_pfn) --order;
        for (u64 i = 0; i != u64{1} << order; ++i) pfn_to_page(pfn + i)->clear(PG_reserved);
        put(pfn_to_page(pfn), order, true);
        free_pages_ += u64{1} << order;
        pfn += u64{1} << order;
    }
}

namespace {

// Moves the element at `index` of a list to its end.
void move_to_tail(ListNode& list, u64 index) {
    ListNode* node = list.next;
    for (; index != 0; --index) node = node->next;
    node->remove();
    node->insert_tail(list);
}

}  // namespace

void BuddyAllocator::shuffle(unsigned percent, u64 seed) {
    if (percent == 0 && seed == 0) return;
    Random random{seed};
    FreeList& largest = lists_[kMaxOrder];
    for (u64 left = largest.count; left != 0; --left) move_to_tail(largest.head, random.below(left));
    break_into_pages(percent, random);
}

// The pages stay unjoined until they are freed again.
void BuddyAllocator::break_into_pages(unsigned percent, Random& random) {
    constexpr u64 kBlockPages = u64{1} << kMaxOrder;
    FreeList& singles = lists_[0];
    for (u64 blocks = lists_[kMaxOrder].count * percent / 100; blocks != 0; --blocks) {
        Page* const block = page_of_links(lists_[kMaxOrder].head.next);
        take(block, kMaxOrder);
        for (u64 i = 0; i != kBlockPages; ++i) {
            block[i].set(PG_buddy);
            block[i].own.private_data = 0;
        }
    }
    const u64 frames = page_array.end_pfn - page_array.first_pfn;
    const Permutation order{frames, random};
    for (u64 i = 0; i != frames; ++i) {
        Page* const page = page_array.pages + order(i);
        const bool is_single = page->test(PG_buddy) && page->own.private_data == 0;
        if (!is_single || !page->links.empty()) continue;
        page->links.insert_tail(singles.head);
        ++singles.count;
    }
}

}  // namespace km
