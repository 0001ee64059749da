// Linux: the brk system call and do_brk_flags(), mm/mmap.c, 6.12.
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/munmap.h"
#include "kernel_model/mm/unmapped_area.h"
#include "kernel_model/mm/vma_merge.h"

namespace km {
namespace {

constexpr u64 kHeapFlags = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_ACCOUNT;

// The region of the heap that ends at `start` grows; it never merges with one above, as in Linux.
Vma* extend_heap(AddressSpace& mm, u64 start, u64 end) {
    Vma* const next = find_vma(mm, start);
    return vma_merge_new_range({.mm = mm,
                                .start = start,
                                .end = end,
                                .pgoff = start >> PAGE_SHIFT,
                                .flags = kHeapFlags,
                                .prev = next != nullptr ? next->prev : mm.vmas.last(),
                                .next = next,
                                .just_expand = true});
}

bool new_heap(AddressSpace& mm, u64 start, u64 end) {
    Vma* const vma = vm_area_alloc(mm);
    if (vma == nullptr) return false;
    vma->vm_start = start;
    vma->vm_end = end;
    vma->vm_pgoff = start >> PAGE_SHIFT;
    vma->vm_flags = kHeapFlags;
    mm.vmas.insert(*vma);
    return true;
}

bool grow(AddressSpace& mm, u64 start, u64 end) {
    if (get_unmapped_area(mm, nullptr, start, end - start, MAP_FIXED) < 0) return false;
    // A page stays free above the heap, and a stack's guard above that.
    const Vma* const next = find_vma_intersection(mm, start, end + PAGE_SIZE + kStackGuardGap);
    if (next != nullptr && end + PAGE_SIZE > vm_start_gap(*next)) return false;
    if (mm.vmas.size() > kMaxMapCount) return false;
    return extend_heap(mm, start, end) != nullptr || new_heap(mm, start, end);
}

bool shrink(AddressSpace& mm, u64 start, u64 end) {
    const Vma* const heap = find_vma(mm, start);
    if (heap == nullptr || heap->vm_start >= end) return false;
    return unmap_range(mm, start, end) == 0;
}

}  // namespace

extern "C" [[gnu::noinline]] i64 do_brk(AddressSpace& mm, u64 brk) {
    const auto old = static_cast<i64>(mm.brk);
    if (brk < mm.start_brk || brk > mm.task_size) return old;
    const u64 old_end = arch::align_up(mm.brk, PAGE_SIZE), new_end = arch::align_up(brk, PAGE_SIZE);
    if (new_end > old_end && !grow(mm, old_end, new_end)) return old;
    if (new_end < old_end && !shrink(mm, new_end, old_end)) return old;
    mm.brk = brk;
    return static_cast<i64>(brk);
}

}  // namespace km
