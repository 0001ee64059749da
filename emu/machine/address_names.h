// What kind of memory lies at an address, for reports by region. The guest's list of regions is read anew after what can
// change it, and only when somebody asks.
#pragma once


#include "emu/machine/guest_view.h"

namespace emu {

class AddressNames {
public:
    // `image_start`: virtual address of the kernel's first function; its data lies behind.
    AddressNames(const GuestView& guest, arch::u64 image_start) : guest_{guest}, image_start_{image_start} {}

    // The regions may have changed: a system call, or a fault that grew a stack.
    void outdate() { outdated_ = true; }
    // `root`: physical address of the table of TTBR0_EL1.
    [[nodiscard]] RegionKind kind_of(arch::u64 va, arch::u64 root);

private:
    static constexpr arch::u64 kImageSpan = arch::u64{64} << 20;

    [[nodiscard]] RegionKind user_kind_of(arch::u64 va, arch::u64 root);

    const GuestView& guest_;
    arch::u64 image_start_;
    bool outdated_{true};
    arch::u64 root_{0};                 // whose regions these are
    std::vector<GuestRegion> regions_;
    GuestRegion last_{};                // of them, where the last address lay; at first none
};

}  // namespace emu
