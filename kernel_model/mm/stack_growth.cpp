// Linux: expand_downwards(), lock_mm_and_find_vma(), mm/mmap.c and mm/memory.c, 6.12.
#include "kernel_model/mm/anon_vma.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/syscalls_mm.h"

namespace km {

i64 expand_stack(Vma& vma, u64 address) {
    if ((vma.vm_flags & VM_GROWSDOWN) == 0) return -EFAULT;
    address &= PAGE_MASK;
    if (address < kMmapMinAddr) return -EPERM;
    // Between two stacks, and above memory that nobody can touch, no guard is needed.
    const Vma* const prev = vma.prev;
    if (prev != nullptr && (prev->vm_flags & VM_GROWSDOWN) == 0 && (prev->vm_flags & VM_ACCESS_FLAGS) != 0 &&
        address - prev->vm_end < kStackGuardGap)
        return -ENOMEM;
    if (anon_vma_prepare(vma) != 0) return -ENOMEM;
    if (address >= vma.vm_start) return 0;
    const u64 pages = (vma.vm_start - address) >> PAGE_SHIFT;
    if (pages > vma.vm_pgoff || vma.vm_end - address > kStackLimit) return -ENOMEM;
    vma.vm_mm->vmas.set_range(vma, address, vma.vm_end, vma.vm_pgoff - pages);
    return 0;
}

Vma* lock_mm_and_find_vma(AddressSpace& mm, u64 address) {
    Vma* const vma = find_vma(mm, address);
    if (vma == nullptr || vma->vm_start <= address) return vma;
    return expand_stack(*vma, address) == 0 ? vma : nullptr;
}

}  // namespace km
