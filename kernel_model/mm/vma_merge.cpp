#include "kernel_model/mm/vma_merge.h"

#include "kernel_model/lib/object_pool.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/memory.h"

namespace km {
namespace {

ObjectPool<Vma> vm_areas;

bool is_mergeable_vma(const MergeRange& range, const Vma& vma) {
    return vma.vm_flags == range.flags && vma.vm_file == range.file;
}

// A region with one AnonVmaChain has pages of its own AnonVma only. Linux: list_is_singular(&vma->anon_vma_chain).
bool chain_is_singular(const Vma& vma) {
    return vma.anon_vma_chain != nullptr && vma.anon_vma_chain->next_same_vma == nullptr;
}

// `neighbour` null: two AnonVmas that are both known to go with the range. As in Linux 6.12 a neighbour that was never
// written (no chain) takes in no range that was.
bool is_mergeable_anon_vma(const AnonVma* a, const AnonVma* b, const Vma* neighbour) {
    if ((a == nullptr || b == nullptr) && (neighbour == nullptr || chain_is_singular(*neighbour))) return true;
    return a == b;
}

bool can_merge_left(const MergeRange& range) {
    const Vma* const prev = range.prev;
    return prev != nullptr && prev->vm_end == range.start && is_mergeable_vma(range, *prev) &&
           is_mergeable_anon_vma(range.anon_vma, prev->anon_vma, prev) &&
           prev->vm_pgoff + prev->pages() == range.pgoff;
}

// If the range also merges to the left, both neighbours must agree with each other.
bool can_merge_right(const MergeRange& range, bool left) {
    const Vma* const next = range.next;
    const u64 pages = (range.end - range.start) >> PAGE_SHIFT;
    if (next == nullptr || next->vm_start != range.end || !is_mergeable_vma(range, *next) ||
        !is_mergeable_anon_vma(range.anon_vma, next->anon_vma, next) || next->vm_pgoff != range.pgoff + pages)
        return false;
    return !left || is_mergeable_anon_vma(range.prev->anon_vma, next->anon_vma, nullptr);
}

// `dst` takes over addresses of `src`, and so needs its AnonVmas. False: no memory.
bool dup_anon_vma(Vma& dst, Vma& src) {
    if (src.anon_vma == nullptr || dst.anon_vma != nullptr) return true;
    dst.anon_vma = src.anon_vma;
    return anon_vma_clone(dst, src) == 0;
}

// `vma` is swallowed by a neighbour; its pages stay mapped.
void drop_merged(AddressSpace& mm, Vma& vma) {
    mm.vmas.erase(vma);
    unlink_anon_vmas(vma);
    remove_vma(vma);
}

// What vma_merge_existing_range() came to.
struct Merged {
    Vma* vma{nullptr};  // null: the range fits no neighbour
    bool no_memory{false};
};

Merged merge_with_both(Vma& prev, Vma& vma, Vma& next) {
    if (!dup_anon_vma(prev, next.anon_vma != nullptr ? next : vma)) return {nullptr, true};
    AddressSpace& mm = *vma.vm_mm;
    const u64 end = next.vm_end;
    drop_merged(mm, vma);
    drop_merged(mm, next);
    mm.vmas.set_range(prev, prev.vm_start, end, prev.vm_pgoff);
    return {&prev};
}

// The bytes up to `end` go to `prev`.
Merged merge_left(Vma& prev, Vma& vma, u64 end) {
    if (!dup_anon_vma(prev, vma)) return {nullptr, true};
    AddressSpace& mm = *vma.vm_mm;
    if (end == vma.vm_end)
        drop_merged(mm, vma);
    else
        mm.vmas.set_range(vma, end, vma.vm_end, vma.linear_page_index(end));
    mm.vmas.set_range(prev, prev.vm_start, end, prev.vm_pgoff);
    return {&prev};
}

// The bytes from `start` on go to `next`.
Merged merge_right(Vma& vma, Vma& next, u64 start) {
    if (!dup_anon_vma(next, vma)) return {nullptr, true};
    AddressSpace& mm = *vma.vm_mm;
    const u64 pages = (next.vm_start - start) >> PAGE_SHIFT;
    if (start == vma.vm_start)
        drop_merged(mm, vma);
    else
        mm.vmas.set_range(vma, vma.vm_start, start, vma.vm_pgoff);
    mm.vmas.set_range(next, start, next.vm_end, next.vm_pgoff - pages);
    return {&next};
}

// Part [start, end) of `vma` is about to get `flags`.
Merged vma_merge_existing_range(Vma& vma, u64 start, u64 end, u64 flags) {
    const bool left_side = start == vma.vm_start, right_side = end == vma.vm_end;
    if ((flags & VM_SPECIAL) != 0 || (!left_side && !right_side)) return {};
    const MergeRange range{.mm = *vma.vm_mm,
                           .start = start,
                           .end = end,
                           .pgoff = vma.linear_page_index(start),
                           .flags = flags,
                           .file = vma.vm_file,
                           .anon_vma = vma.anon_vma,
                           .prev = left_side ? vma.prev : nullptr,
                           .next = right_side ? vma.next : nullptr};
    const bool left = can_merge_left(range);
    const bool right = can_merge_right(range, left);
    if (left && right) return merge_with_both(*vma.prev, vma, *vma.next);
    if (left) return merge_left(*vma.prev, vma, end);
    if (right) return merge_right(vma, *vma.next, start);
    return {};
}

}  // namespace

Vma* vm_area_alloc(AddressSpace& mm) {
    Vma* const vma = vm_areas.create();
    if (vma != nullptr) vma->vm_mm = &mm;
    return vma;
}

Vma* vm_area_dup(const Vma& vma) {
    Vma* const copy = vm_areas.create(vma);
    if (copy == nullptr) return nullptr;
    copy->anon_vma_chain = nullptr;
    copy->next = copy->prev = nullptr;
    return copy;
}

void vm_area_free(Vma& vma) { vm_areas.destroy(&vma); }

void remove_vma(Vma& vma) {
    if (vma.vm_file != nullptr) file_put(vma.vm_file);
    vm_area_free(vma);
}

Vma* vma_merge_new_range(const MergeRange& range) {
    if ((range.flags & VM_SPECIAL) != 0) return nullptr;
    const bool left = can_merge_left(range);
    const bool right = !range.just_expand && can_merge_right(range, left);
    if (!left && !right) return nullptr;
    Vma& target = left ? *range.prev : *range.next;
    const u64 start = left ? target.vm_start : range.start;
    const u64 end = right ? range.next->vm_end : range.end;
    const u64 pgoff = left ? target.vm_pgoff : range.pgoff;
    if (left && right) {
        if (!dup_anon_vma(target, *range.next)) return nullptr;
        drop_merged(range.mm, *range.next);
    }
    range.mm.vmas.set_range(target, start, end, pgoff);
    return &target;
}

i64 split_vma_unchecked(Vma& vma, u64 address, bool new_below) {
    Vma* const part = vm_area_dup(vma);
    if (part == nullptr) return -ENOMEM;
    if (anon_vma_clone(*part, vma) != 0) {
        vm_area_free(*part);
        return -ENOMEM;
    }
    if (part->vm_file != nullptr) file_get(part->vm_file);
    const u64 pgoff = vma.linear_page_index(address);
    VmaTree& vmas = vma.vm_mm->vmas;
    if (new_below) {
        part->vm_end = address;
        vmas.set_range(vma, address, vma.vm_end, pgoff);
    } else {
        part->vm_start = address;
        part->vm_pgoff = pgoff;
        vmas.set_range(vma, vma.vm_start, address, vma.vm_pgoff);
    }
    vmas.insert(*part);
    return 0;
}

i64 split_vma(Vma& vma, u64 address, bool new_below) {
    if (vma.vm_mm->vmas.size() >= kMaxMapCount) return -ENOMEM;
    return split_vma_unchecked(vma, address, new_below);
}

Vma* vma_modify_flags(Vma& vma, u64 start, u64 end, u64 new_flags) {
    const Merged merged = vma_merge_existing_range(vma, start, end, new_flags);
    if (merged.no_memory) return nullptr;
    if (merged.vma != nullptr) return merged.vma;
    if (vma.vm_start < start && split_vma(vma, start, true) != 0) return nullptr;
    if (vma.vm_end > end && split_vma(vma, end, false) != 0) return nullptr;
    return &vma;
}

Vma* vma_merge_extend(Vma& vma, u64 delta) {
    return vma_merge_new_range({.mm = *vma.vm_mm,
                                .start = vma.vm_end,
                                .end = vma.vm_end + delta,
                                .pgoff = vma.vm_pgoff + vma.pages(),
                                .flags = vma.vm_flags,
                                .file = vma.vm_file,
                                .anon_vma = vma.anon_vma,
                                .prev = &vma,
                                .next = vma.next});
}

}  // namespace km
