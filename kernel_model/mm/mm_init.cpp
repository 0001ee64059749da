#include <new>

#include "kernel_model/mm/memory.h"

namespace km {

KernelOptions kernel_options;
u64 counters[GUEST_COUNTER_COUNT];

namespace {
u64 frames(PhysicalRange range) { return (range.end - range.start) >> PAGE_SHIFT; }
}  // namespace

u64 page_array_bytes(PhysicalRange ram) { return arch::align_up(frames(ram) * sizeof(Page), PAGE_SIZE); }

void mm_init(const KernelOptions& options, PhysicalRange ram, u64 page_array_pa) {
    kernel_options = options;
    Page* const pages = static_cast<Page*>(port::phys_to_virt(page_array_pa));
    for (u64 i = 0; i != frames(ram); ++i) (new (pages + i) Page)->set(PG_reserved);
    page_array = {pages, ram.start >> PAGE_SHIFT, ram.end >> PAGE_SHIFT};
}

void mm_add_free_range(PhysicalRange free) { buddy.add_range(free.start >> PAGE_SHIFT, free.end >> PAGE_SHIFT); }

void mm_init_finish() {
    buddy.shuffle(kernel_options.fragmentation, kernel_options.seed);
    Page* const zero = alloc_pages(0, true);
    if (zero == nullptr) port::panic("no memory for the zero page");
    zero->refcount = 1;
    zero->set(PG_reserved);
    zero_pfn = page_to_pfn(zero);
    counters[GUEST_FREE_PAGES_AT_BOOT] = buddy.free_pages();
}

void collect_state_counters() {
    counters[GUEST_FREE_PAGES] = buddy.free_pages();
    for (unsigned order = 0; order <= BuddyAllocator::kMaxOrder; ++order)
        counters[static_cast<unsigned>(GUEST_FREE_BLOCKS) + order] = buddy.free_blocks(order);
    u64 regions = 0, anon = 0, file = 0;
    for (const AddressSpace* mm = all_address_spaces; mm != nullptr; mm = mm->next) {
        for (const Vma* vma = mm->vmas.first(); vma != nullptr; vma = vma->next) ++regions;
        anon += static_cast<u64>(mm->rss_anon);
        file += static_cast<u64>(mm->rss_file);
    }
    counters[GUEST_NR_VMAS] = regions;
    counters[GUEST_RSS_ANON] = anon;
    counters[GUEST_RSS_FILE] = file;
}

}  // namespace km
