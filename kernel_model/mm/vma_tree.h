// The regions of one address space, ordered by address: a balanced (AVL) tree through the regions themselves, each
// subtree knowing its largest hole, and a list beside it. Linux 6.12 has a maple tree in this place
// (mm_struct.mm_mt); the answers are the same.
#pragma once

#include <cstddef>

#include "kernel_model/mm/vma.h"

namespace km {

// Bytes that must stay free below a stack. Linux: stack_guard_gap, 256 pages.
inline constexpr u64 kStackGuardGap = 256 * PAGE_SIZE;

// Where the hole below `vma` ends. Linux: vm_start_gap().
[[nodiscard]] inline u64 vm_start_gap(const Vma& vma) {
    if ((vma.vm_flags & VM_GROWSDOWN) == 0) return vma.vm_start;
    return vma.vm_start > kStackGuardGap ? vma.vm_start - kStackGuardGap : 0;
}

// A free interval [start, end); empty: there is none.
struct Gap {
    u64 start{0};
    u64 end{0};
    [[nodiscard]] bool empty() const { return start >= end; }
};

class VmaTree {
public:
    [[nodiscard]] Vma* first() const { return first_; }  // lowest; the others follow by Vma::next
    [[nodiscard]] Vma* last() const { return last_; }
    [[nodiscard]] u64 size() const { return size_; }     // Linux: map_count

    // The lowest region that ends above `address`: it holds the address, or is the next one up. Linux: find_vma().
    [[nodiscard]] Vma* find(u64 address) const;

    // `vma` overlaps no region of the tree, and is in none.
    void insert(Vma& vma);
    void erase(Vma& vma);
    // New bounds for a region of the tree; they must not carry it past a neighbour.
    void set_range(Vma& vma, u64 start, u64 end, u64 pgoff);
    // Forgets all regions; they stay linked to each other by Vma::next.
    void clear() { *this = VmaTree{}; }
    // For the host, which reads the list from outside.
    [[nodiscard]] static constexpr u64 offset_of_first() { return offsetof(VmaTree, first_); }

    // The highest, or lowest, hole within [low, high) that has `length` bytes there; clipped to [low, high).
    [[nodiscard]] Gap highest_gap(u64 low, u64 high, u64 length) const;
    [[nodiscard]] Gap lowest_gap(u64 low, u64 high, u64 length) const;

private:
    void link_into_list(Vma& vma);
    void unlink_from_list(Vma& vma);
    void refresh_gaps(const Vma* vma);

    Vma* root_{nullptr};
    Vma* first_{nullptr};
    Vma* last_{nullptr};
    u64 size_{0};
};

}  // namespace km
