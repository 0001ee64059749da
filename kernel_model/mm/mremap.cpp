// Linux: mm/mremap.c, 6.12.
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/munmap.h"
#include "kernel_model/mm/populate.h"
#include "kernel_model/mm/unmapped_area.h"
#include "kernel_model/mm/vma_merge.h"

namespace km {
namespace {

struct Remap {
    AddressSpace& mm;
    u64 addr;
    u64 old_len;
    u64 new_len;
    u64 flags;
    u64 new_addr;

    [[nodiscard]] bool has(u64 flag) const { return (flags & flag) != 0; }
};

i64 check_arguments(const Remap& remap) {
    if ((remap.flags & ~(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP)) != 0) return -EINVAL;
    if (remap.has(MREMAP_FIXED) && !remap.has(MREMAP_MAYMOVE)) return -EINVAL;
    if (remap.has(MREMAP_DONTUNMAP) && (!remap.has(MREMAP_MAYMOVE) || remap.old_len != remap.new_len)) return -EINVAL;
    return arch::is_aligned(remap.addr, PAGE_SIZE) ? 0 : -EINVAL;
}

// Linux: vma_to_resize().
i64 check_resize(const Remap& remap, const Vma& vma) {
    const bool shared = (vma.vm_flags & (VM_SHARED | VM_MAYSHARE)) != 0;
    if (remap.old_len == 0 && !shared) return -EINVAL;
    const bool dont_expand = (vma.vm_flags & VM_DONTEXPAND) != 0;
    if (remap.has(MREMAP_DONTUNMAP) && dont_expand) return -EINVAL;
    if (remap.old_len > vma.vm_end - remap.addr) return -EFAULT;
    if (remap.new_len == remap.old_len) return 0;
    const u64 pgoff = vma.linear_page_index(remap.addr);
    if (pgoff + (remap.new_len >> PAGE_SHIFT) < pgoff) return -EINVAL;
    return dont_expand ? -EFAULT : 0;
}

bool vma_expandable(const AddressSpace& mm, const Vma& vma, u64 delta) {
    const u64 end = vma.vm_end + delta;
    if (end < vma.vm_end || find_vma_intersection(mm, vma.vm_end, end) != nullptr) return false;
    return get_unmapped_area(mm, nullptr, vma.vm_start, end - vma.vm_start, MAP_FIXED) >= 0;
}

// A region for the moved pages, merged with its neighbours there if that fits; it keeps the offset, so that the pages
// are still found through the reverse map, unless there are none yet. `vma` changes if it merged with its own copy.
// Null: no memory. Linux: copy_vma().
Vma* copy_vma(Vma*& vma, u64 addr, u64 len, u64 pgoff) {
    if (vma->is_anonymous() && vma->anon_vma == nullptr) pgoff = addr >> PAGE_SHIFT;
    AddressSpace& mm = *vma->vm_mm;
    const u64 old_start = vma->vm_start;
    Vma* const next = find_vma(mm, addr);
    Vma* const merged = vma_merge_new_range({.mm = mm,
                                             .start = addr,
                                             .end = addr + len,
                                             .pgoff = pgoff,
                                             .flags = vma->vm_flags,
                                             .file = vma->vm_file,
                                             .anon_vma = vma->anon_vma,
                                             .prev = next != nullptr ? next->prev : mm.vmas.last(),
                                             .next = next});
    if (merged != nullptr) {
        if (merged->contains(old_start)) vma = merged;
        return merged;
    }
    Vma* const copy = vm_area_dup(*vma);
    if (copy == nullptr) return nullptr;
    copy->vm_start = addr;
    copy->vm_end = addr + len;
    copy->vm_pgoff = pgoff;
    if (anon_vma_clone(*copy, *vma) != 0) {
        vm_area_free(*copy);
        return nullptr;
    }
    if (copy->vm_file != nullptr) file_get(copy->vm_file);
    mm.vmas.insert(*copy);
    return copy;
}

// MREMAP_DONTUNMAP: the old region stays, empty.
void leave_empty(const Remap& remap, Vma& vma, const Vma& new_vma) {
    vma.vm_flags &= ~VM_LOCKED;
    if (&vma != &new_vma && vma.vm_start == remap.addr && vma.vm_end == remap.addr + remap.old_len)
        unlink_anon_vmas(vma);
}

i64 move_vma(const Remap& remap, Vma* vma, u64 new_addr) {
    AddressSpace& mm = remap.mm;
    // Unmapping the old place may split a region in three.
    if (mm.vmas.size() >= kMaxMapCount - 3) return -ENOMEM;
    Vma* const new_vma = copy_vma(vma, new_addr, remap.new_len, vma->linear_page_index(remap.addr));
    if (new_vma == nullptr) return -ENOMEM;
    const u64 moved = move_page_tables(*vma, remap.addr, *new_vma, new_addr, remap.old_len);
    if (moved < remap.old_len) {
        // Back again: the tables are still there, so this needs no memory.
        static_cast<void>(move_page_tables(*new_vma, new_addr, *vma, remap.addr, moved));
        static_cast<void>(unmap_range(mm, new_addr, new_addr + remap.new_len));
        return -ENOMEM;
    }
    const bool locked = (new_vma->vm_flags & VM_LOCKED) != 0;
    if (remap.has(MREMAP_DONTUNMAP))
        leave_empty(remap, *vma, *new_vma);
    else if (remap.old_len != 0)
        static_cast<void>(unmap_range(mm, remap.addr, remap.addr + remap.old_len));
    if (locked && remap.new_len > remap.old_len)
        mm_populate(mm, new_addr + remap.old_len, new_addr + remap.new_len);
    return static_cast<i64>(new_addr);
}

// An address for the moved region; Linux's get_unmapped_area() sees the file and whether it is shared.
i64 find_new_place(const Remap& remap, const Vma& vma, u64 hint, u64 map_flags) {
    if ((vma.vm_flags & VM_MAYSHARE) != 0) map_flags |= MAP_SHARED;
    return get_unmapped_area(remap.mm, vma.vm_file, hint, remap.new_len, map_flags);
}

i64 check_target(const Remap& remap) {
    if (!arch::is_aligned(remap.new_addr, PAGE_SIZE)) return -EINVAL;
    if (remap.new_len > remap.mm.task_size || remap.new_addr > remap.mm.task_size - remap.new_len) return -EINVAL;
    if (remap.addr + remap.old_len > remap.new_addr && remap.new_addr + remap.new_len > remap.addr) return -EINVAL;
    return remap.mm.vmas.size() + 2 >= kMaxMapCount - 3 ? -ENOMEM : 0;
}

// MREMAP_FIXED or MREMAP_DONTUNMAP. Linux: mremap_to().
i64 mremap_to(Remap remap) {
    if (const i64 error = check_target(remap); error != 0) return error;
    if (remap.has(MREMAP_FIXED))
        if (const i64 error = do_munmap(remap.mm, remap.new_addr, remap.new_len); error != 0) return error;
    if (remap.old_len > remap.new_len) {
        const i64 error = do_munmap(remap.mm, remap.addr + remap.new_len, remap.old_len - remap.new_len);
        if (error != 0) return error;
        remap.old_len = remap.new_len;
    }
    Vma* const vma = vma_lookup(remap.mm, remap.addr);
    if (vma == nullptr) return -EFAULT;
    if (const i64 error = check_resize(remap, *vma); error != 0) return error;
    const i64 place = find_new_place(remap, *vma, remap.new_addr, remap.has(MREMAP_FIXED) ? MAP_FIXED : 0);
    return place < 0 ? place : move_vma(remap, vma, static_cast<u64>(place));
}

i64 grow(const Remap& remap, Vma& vma) {
    if (const i64 error = check_resize(remap, vma); error != 0) return error;
    const u64 delta = remap.new_len - remap.old_len;
    if (remap.old_len == vma.vm_end - remap.addr && vma_expandable(remap.mm, vma, delta)) {
        const Vma* const extended = vma_merge_extend(vma, delta);
        if (extended == nullptr) return -ENOMEM;
        if ((extended->vm_flags & VM_LOCKED) != 0)
            mm_populate(remap.mm, remap.addr + remap.old_len, remap.addr + remap.new_len);
        return static_cast<i64>(remap.addr);
    }
    if (!remap.has(MREMAP_MAYMOVE)) return -ENOMEM;
    const i64 place = find_new_place(remap, vma, 0, 0);
    return place < 0 ? place : move_vma(remap, &vma, static_cast<u64>(place));
}

}  // namespace

extern "C" [[gnu::noinline]] i64 do_mremap(AddressSpace& mm, u64 addr, u64 old_len, u64 new_len, u64 flags,
                                           u64 new_addr) {
    Remap remap{mm, addr, old_len, new_len, flags, new_addr};
    if (const i64 error = check_arguments(remap); error != 0) return error;
    remap.old_len = arch::align_up(old_len, PAGE_SIZE);
    remap.new_len = arch::align_up(new_len, PAGE_SIZE);
    if (remap.new_len == 0) return -EINVAL;
    Vma* const vma = vma_lookup(mm, addr);
    if (vma == nullptr) return -EFAULT;
    if (remap.has(MREMAP_FIXED | MREMAP_DONTUNMAP)) return mremap_to(remap);
    if (remap.old_len < remap.new_len) return grow(remap, *vma);
    if (remap.old_len == remap.new_len) return static_cast<i64>(addr);
    const i64 error = do_munmap(mm, addr + remap.new_len, remap.old_len - remap.new_len);
    return error != 0 ? error : static_cast<i64>(addr);
}

}  // namespace km
