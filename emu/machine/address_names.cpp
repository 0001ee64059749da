#include "emu/machine/address_names.h"

#include <algorithm>

namespace emu {

using arch::u64;

RegionKind AddressNames::kind_of(u64 va, u64 root) {
    if (!arch::BitField<55>::test(va)) return user_kind_of(va & arch::low_mask(56), root);
    if (va - image_start_ < kImageSpan) return RegionKind::KernelImage;
    return guest_.in_linear_map(va) ? RegionKind::LinearMap : RegionKind::KernelOther;
}

RegionKind AddressNames::user_kind_of(u64 va, u64 root) {
    if (outdated_ || root != root_) {
        regions_ = guest_.regions(root);
        last_ = {};
        root_ = root;
        outdated_ = false;
    }
    if (va >= last_.start && va < last_.end) return last_.kind;
    const auto after = std::upper_bound(regions_.begin(), regions_.end(), va, [](u64 a, const GuestRegion& r) { return a < r.end; });
    if (after == regions_.end() || va < after->start) return RegionKind::Unknown;
    last_ = *after;
    return after->kind;
}

}  // namespace emu
