#include "mmu/tlb/coalescing.h"

#include <cstring>

namespace mmu {

using arch::Descriptor;
using arch::u64;
using arch::u8;

namespace {

// Software bits and those that hardware ignores in a leaf.
constexpr u64 kNotCompared = arch::BitField<63, 55>::kMask;

bool continues(u64 neighbour, u64 expected) { return ((neighbour ^ expected) & ~kNotCompared) == 0; }

}  // namespace

void aggregate(TlbEntry& page, unsigned pages_shift, PhysicalMemoryPort& memory) {
    const unsigned reach = page.page_shift + pages_shift;
    const u64 offset = page.va & arch::low_mask(reach);
    if ((page.pa & arch::low_mask(reach)) != offset) return;
    const u64 own = offset >> page.page_shift;
    const u64 first_descriptor = page.descriptor - offset;
    const u64 line = page.descriptor_pa - 8 * own;
    unsigned valid = 1u << own;
    const u8* const table = memory.page(arch::PhysicalAddress{line});
    if (table == nullptr) return;
    const u8* const neighbours = table + (line & arch::low_mask(12));
    for (u64 i = 0; i < u64{1} << pages_shift; ++i) {
        u64 raw;
        std::memcpy(&raw, neighbours + 8 * i, sizeof raw);
        const bool joins = continues(raw, first_descriptor + (i << page.page_shift));
        valid |= unsigned{joins} << i;  // no branch: who joins is unpredictable
    }
    if ((valid & (valid - 1)) == 0) return;
    page.va -= offset;
    page.pa -= offset;
    page.descriptor = first_descriptor;
    page.descriptor_pa = line;
    page.reach_shift = static_cast<u8>(reach);
    page.valid_pages = static_cast<u8>(valid);
    page.clean_pages = page.clean_pages != 0 ? page.valid_pages : u8{0};
}

TlbEntry single_page(const TlbEntry& aggregated, u64 va) {
    const u64 page = aggregated.page_of(va);
    const u64 offset = page << aggregated.page_shift;
    TlbEntry single = aggregated;
    single.va += offset;
    single.pa += offset;
    single.descriptor += offset;
    single.descriptor_pa += 8 * page;
    single.reach_shift = aggregated.page_shift;
    single.valid_pages = 1;
    single.clean_pages = static_cast<u8>((aggregated.clean_pages >> page) & 1);
    return single;
}

TlbEntry widened(const TlbEntry& old, const TlbEntry& fresh) {
    TlbEntry wide = fresh;
    wide.valid_pages = static_cast<u8>(old.valid_pages | fresh.valid_pages);
    wide.clean_pages = static_cast<u8>((old.clean_pages & ~unsigned{fresh.valid_pages}) | fresh.clean_pages);
    TlbEntry same = old;
    same.valid_pages = wide.valid_pages;
    same.clean_pages = wide.clean_pages;
    same.prefetched = wide.prefetched;
    // Dirty state is kept by page, so the read-only bit of the first page's descriptor may differ.
    constexpr u64 kDiffers = kNotCompared | Descriptor::AP2::kMask;
    if (((old.descriptor ^ fresh.descriptor) & ~kDiffers) != 0) return fresh;
    same.descriptor = wide.descriptor;
    return same == wide ? wide : fresh;
}

}  // namespace mmu
