// Linux: mm/madvise.c, 6.12.
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/populate.h"
#include "kernel_model/mm/vma_merge.h"

namespace km {
namespace {

// One region's part of the range; the region may change, since flags split and merge.
struct Advice {
    Vma*& vma;
    u64 start;
    u64 end;
    int advice;
};

// Linux returns EAGAIN where a region could not be split.
i64 update_flags(const Advice& a, u64 clear, u64 set) {
    const u64 new_flags = (a.vma->vm_flags & ~clear) | set;
    if (new_flags == a.vma->vm_flags) return 0;
    Vma* const changed = vma_modify_flags(*a.vma, a.start, a.end, new_flags);
    if (changed == nullptr) return -EAGAIN;
    a.vma = changed;
    a.vma->vm_flags = new_flags;
    return 0;
}

i64 wipe_on_fork(const Advice& a) {
    if (!a.vma->is_anonymous() || (a.vma->vm_flags & VM_SHARED) != 0) return -EINVAL;
    return update_flags(a, 0, VM_WIPEONFORK);
}

i64 drop_pages(const Advice& a) {
    const bool locked = (a.vma->vm_flags & VM_LOCKED) != 0;
    if (locked && a.advice != MADV_DONTNEED_LOCKED) return -EINVAL;
    zap_page_range(*a.vma, a.start, a.end);
    return 0;
}

i64 free_lazily(const Advice& a) {
    if ((a.vma->vm_flags & VM_LOCKED) != 0 || !a.vma->is_anonymous()) return -EINVAL;
    madvise_free(*a.vma, a.start, a.end);
    return 0;
}

// Pages that are locked never age. There is neither swap nor write-back, so nothing can be paged out.
i64 age_pages(const Advice& a) {
    if ((a.vma->vm_flags & VM_LOCKED) != 0) return -EINVAL;
    if (a.advice == MADV_COLD) madvise_cold(*a.vma, a.start, a.end);
    return 0;
}

// Punching a hole into a file: what a file system without fallocate() answers.
i64 remove_from_file(const Vma& vma) {
    if ((vma.vm_flags & VM_LOCKED) != 0 || vma.is_anonymous()) return -EINVAL;
    return (vma.vm_flags & (VM_SHARED | VM_WRITE)) != (VM_SHARED | VM_WRITE) ? -EACCES : -EOPNOTSUPP;
}

// Droppable memory never survives a fork, nor a dump.
i64 keep_on_fork(const Advice& a) {
    return (a.vma->vm_flags & VM_DROPPABLE) != 0 ? -EINVAL : update_flags(a, VM_WIPEONFORK, 0);
}

i64 dump(const Advice& a) {
    return (a.vma->vm_flags & (VM_SPECIAL | VM_DROPPABLE)) != 0 ? -EINVAL : update_flags(a, VM_DONTDUMP, 0);
}

// Linux: madvise_vma_behavior().
i64 advise_region(const Advice& a) {
    switch (a.advice) {
        case MADV_NORMAL: return update_flags(a, VM_RAND_READ | VM_SEQ_READ, 0);
        case MADV_RANDOM: return update_flags(a, VM_SEQ_READ, VM_RAND_READ);
        case MADV_SEQUENTIAL: return update_flags(a, VM_RAND_READ, VM_SEQ_READ);
        case MADV_WILLNEED: return 0;  // no page is ever anywhere but in memory
        case MADV_DONTNEED:
        case MADV_DONTNEED_LOCKED: return drop_pages(a);
        case MADV_FREE: return free_lazily(a);
        case MADV_REMOVE: return remove_from_file(*a.vma);
        case MADV_DONTFORK: return update_flags(a, 0, VM_DONTCOPY);
        case MADV_DOFORK: return update_flags(a, VM_DONTCOPY, 0);
        case MADV_HUGEPAGE: return update_flags(a, VM_NOHUGEPAGE, VM_HUGEPAGE);
        case MADV_NOHUGEPAGE: return update_flags(a, VM_HUGEPAGE, VM_NOHUGEPAGE);
        case MADV_DONTDUMP: return update_flags(a, 0, VM_DONTDUMP);
        case MADV_DODUMP: return dump(a);
        case MADV_WIPEONFORK: return wipe_on_fork(a);
        case MADV_KEEPONFORK: return keep_on_fork(a);
        case MADV_COLD:
        case MADV_PAGEOUT: return age_pages(a);
        default: return -EINVAL;
    }
}

bool is_known(int advice) {
    switch (advice) {
        case MADV_NORMAL:
        case MADV_RANDOM:
        case MADV_SEQUENTIAL:
        case MADV_WILLNEED:
        case MADV_DONTNEED:
        case MADV_FREE:
        case MADV_REMOVE:
        case MADV_DONTFORK:
        case MADV_DOFORK:
        case MADV_HUGEPAGE:
        case MADV_NOHUGEPAGE:
        case MADV_DONTDUMP:
        case MADV_DODUMP:
        case MADV_WIPEONFORK:
        case MADV_KEEPONFORK:
        case MADV_COLD:
        case MADV_PAGEOUT:
        case MADV_POPULATE_READ:
        case MADV_POPULATE_WRITE:
        case MADV_DONTNEED_LOCKED: return true;
        default: return false;
    }
}

// Holes are passed over, and reported at the end. Linux: madvise_walk_vmas().
i64 advise_regions(AddressSpace& mm, u64 start, u64 end, int advice) {
    i64 hole = 0;
    for (Vma* vma = find_vma(mm, start); start < end; vma = find_vma(mm, start)) {
        if (vma == nullptr) return -ENOMEM;
        if (start < vma->vm_start) {
            hole = -ENOMEM;
            start = vma->vm_start;
            if (start >= end) break;
        }
        const u64 stop = vma->vm_end < end ? vma->vm_end : end;
        if (const i64 error = advise_region({vma, start, stop, advice}); error != 0) return error;
        start = vma->vm_end > stop ? vma->vm_end : stop;
    }
    return hole;
}

}  // namespace

extern "C" [[gnu::noinline]] i64 do_madvise(AddressSpace& mm, u64 addr, u64 len, int advice) {
    if (!is_known(advice) || !arch::is_aligned(addr, PAGE_SIZE)) return -EINVAL;
    const u64 rounded = arch::align_up(len, PAGE_SIZE);
    const u64 end = addr + rounded;
    if ((len != 0 && rounded == 0) || end < addr) return -EINVAL;
    if (end == addr) return 0;
    if (advice == MADV_POPULATE_READ) return populate_range(mm, addr, end, false);
    if (advice == MADV_POPULATE_WRITE) return populate_range(mm, addr, end, true);
    return advise_regions(mm, addr, end, advice);
}

}  // namespace km
