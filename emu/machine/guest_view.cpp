#include "emu/machine/guest_view.h"

#include <algorithm>
#include <cstring>

namespace emu {

using arch::u64;

namespace {

constexpr unsigned kMaxListed = 1u << 20;  // a damaged list must end
constexpr unsigned kPageShift = 12;

}  // namespace

void GuestView::set_layout(u64 pa) {
    const arch::u8* at = memory_.host(pa, sizeof layout_);
    if (at != nullptr) std::memcpy(&layout_, at, sizeof layout_);
    if (!known()) layout_ = {};
}

u64 GuestView::word(u64 pa) const {
    u64 value = 0;
    if (const arch::u8* at = memory_.host(pa, sizeof value)) std::memcpy(&value, at, sizeof value);
    return value;
}

std::vector<u64> GuestView::roots() const {
    std::vector<u64> out;
    if (!known()) return out;
    for (u64 mm = word(layout_.address_spaces); mm != 0 && out.size() < kMaxListed; mm = field(mm, layout_.mm_next))
        out.push_back(field(mm, layout_.mm_pgd) - layout_.linear_map);
    std::reverse(out.begin(), out.end());
    return out;
}

u64 GuestView::address_space_of(u64 root) const {
    unsigned listed = 0;
    u64 mm = word(layout_.address_spaces);
    while (mm != 0 && ++listed < kMaxListed && field(mm, layout_.mm_pgd) - layout_.linear_map != root) mm = field(mm, layout_.mm_next);
    return mm;
}

GuestRegion GuestView::region_of(u64 vma, u64 start_brk) const {
    const u64 flags = field(vma, layout_.vma_flags);
    GuestRegion region{field(vma, layout_.vma_start), field(vma, layout_.vma_end), RegionKind::Anonymous};
    if ((flags & layout_.vma_exec) != 0) region.kind = RegionKind::Text;
    else if ((flags & layout_.vma_grows_down) != 0) region.kind = RegionKind::Stack;
    else if (region.start < start_brk) region.kind = RegionKind::Data;
    else if ((flags & layout_.vma_shared) != 0) region.kind = RegionKind::Shared;
    else if (field(vma, layout_.vma_file) != 0) region.kind = RegionKind::File;
    return region;
}

std::vector<GuestRegion> GuestView::regions(u64 root) const {
    std::vector<GuestRegion> out;
    const u64 mm = known() ? address_space_of(root) : 0;
    if (mm == 0) return out;
    const u64 start_brk = field(mm, layout_.mm_start_brk);
    const u64 brk = field(mm, layout_.mm_brk);
    for (u64 vma = field(mm, layout_.mm_first_vma); vma != 0 && out.size() < kMaxListed; vma = field(vma, layout_.vma_next)) {
        GuestRegion region = region_of(vma, start_brk);
        // The heap may be the end of a region that begins with the program's variables.
        if (region.start < brk && region.end > start_brk && region.kind != RegionKind::Text) {
            if (region.start < start_brk) out.push_back({region.start, start_brk, region.kind});
            region = {std::max(region.start, start_brk), region.end, RegionKind::Heap};
        }
        out.push_back(region);
    }
    return out;
}

std::optional<GuestFolio> GuestView::folio_of(u64 pa) const {
    if (!known()) return std::nullopt;
    const u64 pages = word(layout_.page_array);
    const u64 first_pfn = word(layout_.page_array + 8);
    const u64 end_pfn = word(layout_.page_array + 16);
    const u64 pfn = pa >> kPageShift;
    if (pfn < first_pfn || pfn >= end_pfn) return std::nullopt;
    u64 page = pages + (pfn - first_pfn) * layout_.page_bytes;
    if (const u64 head = field(page, layout_.page_compound_head); (head & 1) != 0) page = head - 1;
    GuestFolio folio;
    folio.first_pa = ((page - pages) / layout_.page_bytes + first_pfn) << kPageShift;
    if ((field(page, layout_.page_flags) & layout_.page_flag_head) != 0)
        folio.order = static_cast<unsigned>(field(page, layout_.page_bytes + layout_.second_page_order) & 0xffffffff);
    return folio;
}

bool GuestView::in_linear_map(u64 va) const {
    return known() && va >= layout_.linear_map && va - layout_.linear_map < word(layout_.page_array + 16) << kPageShift;
}

}  // namespace emu
