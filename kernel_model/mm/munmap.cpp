#include "kernel_model/mm/munmap.h"

#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/vma_merge.h"

namespace km {
namespace {

// Cuts the regions that reach over the ends of [start, end). Only one region that is cut in two places grows the number
// of regions for good, and only it is held to the limit. Linux: vms_gather_munmap_vmas().
i64 split_ends(AddressSpace& mm, u64 start, u64 end) {
    Vma* const first = find_vma(mm, start);
    if (first->vm_start < start) {
        if (end < first->vm_end && mm.vmas.size() >= kMaxMapCount) return -ENOMEM;
        if (split_vma_unchecked(*first, start, true) != 0) return -ENOMEM;
    }
    Vma* const last = find_vma(mm, end - 1);
    if (last != nullptr && last->vm_start < end && last->vm_end > end) return split_vma_unchecked(*last, end, false);
    return 0;
}

// Takes the regions of [start, end) out of the tree, as a list.
Vma* detach(AddressSpace& mm, u64 start, u64 end) {
    Vma* first = nullptr;
    Vma** tail = &first;
    for (Vma* vma; (vma = find_vma_intersection(mm, start, end)) != nullptr;) {
        mm.vmas.erase(*vma);
        *tail = vma;
        tail = &vma->next;
    }
    return first;
}

}  // namespace

i64 unmap_range(AddressSpace& mm, u64 start, u64 end) {
    if (find_vma_intersection(mm, start, end) == nullptr) return 0;
    if (const i64 error = split_ends(mm, start, end); error != 0) return error;
    Vma* const first = detach(mm, start, end);
    const Vma* const above = find_vma(mm, end);
    const Vma* const below = above != nullptr ? above->prev : mm.vmas.last();
    unmap_region(mm, first, start, end, below != nullptr ? below->vm_end : 0, above != nullptr ? above->vm_start : 0);
    for (Vma *vma = first, *next; vma != nullptr; vma = next) {
        next = vma->next;
        remove_vma(*vma);
    }
    return 0;
}

extern "C" [[gnu::noinline]] i64 do_munmap(AddressSpace& mm, u64 addr, u64 len) {
    if (!arch::is_aligned(addr, PAGE_SIZE) || addr > mm.task_size || len > mm.task_size - addr) return -EINVAL;
    const u64 end = addr + arch::align_up(len, PAGE_SIZE);
    return end == addr ? -EINVAL : unmap_range(mm, addr, end);
}

}  // namespace km
