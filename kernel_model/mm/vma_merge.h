// Merging regions with their neighbours, and splitting them. Linux: mm/vma.c, 6.12.
//
// Regions merge when nothing tells them apart: equal flags and file, offsets that go on, and AnonVmas that agree or of
// which one is absent while the other has not been through a fork.
#pragma once

#include "kernel_model/mm/syscalls_mm.h"

namespace km {

// Regions with these flags never merge. Linux: VM_SPECIAL.
inline constexpr u64 VM_SPECIAL = VM_DONTEXPAND;

// Allocation. The copy is in no tree and on no AnonVma's list; the caller takes the file reference. Null: no memory.
[[nodiscard]] Vma* vm_area_alloc(AddressSpace& mm);
[[nodiscard]] Vma* vm_area_dup(const Vma& vma);
// For a region that never got a file reference or an AnonVma; others go to remove_vma() of memory.h.
void vm_area_free(Vma& vma);

// A range that wants to be part of a neighbour. Linux: struct vma_merge_struct.
struct MergeRange {
    AddressSpace& mm;
    u64 start;
    u64 end;
    u64 pgoff;
    u64 flags;
    File* file{nullptr};
    AnonVma* anon_vma{nullptr};
    Vma* prev{nullptr};  // neighbours in the tree, adjacent or not
    Vma* next{nullptr};
    bool just_expand{false};  // only prev may grow: brk
};

// Nothing is mapped in the range. The region that covers it now, or null: it fits no neighbour, or no memory.
[[nodiscard]] Vma* vma_merge_new_range(const MergeRange& range);

// Moves [address, vm_end), or with `new_below` [vm_start, address), into a new region. 0 or -ENOMEM. The first ignores
// the limit on regions. Linux: __split_vma(), split_vma().
[[nodiscard]] i64 split_vma_unchecked(Vma& vma, u64 address, bool new_below);
[[nodiscard]] i64 split_vma(Vma& vma, u64 address, bool new_below);

// A region that covers exactly the part [start, end) of `vma` or more than it, if a neighbour has `new_flags` already;
// otherwise `vma`, cut to the range, with its old flags. Null: no memory. Linux: vma_modify_flags().
[[nodiscard]] Vma* vma_modify_flags(Vma& vma, u64 start, u64 end, u64 new_flags);

// Grows `vma` at its end by `delta` bytes that are free, and merges it with the region after them if that fits. Null:
// no memory. Linux: vma_merge_extend().
[[nodiscard]] Vma* vma_merge_extend(Vma& vma, u64 delta);

}  // namespace km
