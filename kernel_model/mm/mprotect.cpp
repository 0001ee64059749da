// Linux: do_mprotect_pkey(), mprotect_fixup(), mm/mprotect.c, 6.12.
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/populate.h"
#include "kernel_model/mm/vma_merge.h"

namespace km {
namespace {

// Memory that becomes writable is charged; private memory never written that loses write permission is not any more.
u64 adjust_accounting(const Vma& vma, u64 new_flags) {
    const u64 old_flags = vma.vm_flags;
    if ((new_flags & VM_WRITE) != 0)
        return (old_flags & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE)) == 0 ? new_flags | VM_ACCOUNT
                                                                                     : new_flags;
    const bool untouched = vma.is_anonymous() && vma.anon_vma == nullptr;
    return untouched ? new_flags & ~VM_ACCOUNT : new_flags;
}

// Gives part [start, end) of `vma` new flags; `vma` becomes the region that holds it. 0 or -ENOMEM.
i64 mprotect_fixup(MmuGather& tlb, Vma*& vma, u64 start, u64 end, u64 new_flags) {
    if (new_flags == vma->vm_flags) return 0;
    const u64 old_flags = vma->vm_flags;
    new_flags = adjust_accounting(*vma, new_flags);
    Vma* const changed = vma_modify_flags(*vma, start, end, new_flags);
    if (changed == nullptr) return -ENOMEM;
    vma = changed;
    vma->vm_flags = new_flags;
    change_protection(tlb, *vma, start, end, vma_wants_manual_pte_write_upgrade(*vma) ? MM_CP_TRY_CHANGE_WRITABLE : 0);
    // Locked private memory that becomes writable is copied now, not at the first write.
    if ((old_flags & (VM_WRITE | VM_SHARED | VM_LOCKED)) == VM_LOCKED && (new_flags & VM_WRITE) != 0)
        static_cast<void>(populate_range(tlb.mm(), start, end, true));
    return 0;
}

// PROT_* have the values of VM_*.
u64 access_flags(u64 prot) { return prot & VM_ACCESS_FLAGS; }
bool may_have(u64 flags) { return (flags & ~(flags >> 4) & VM_ACCESS_FLAGS) == 0; }

// Region by region; what was changed before an error stays changed.
i64 protect_regions(AddressSpace& mm, Vma* vma, u64 start, u64 end, u64 prot) {
    MmuGather tlb{mm};
    while (start < end) {
        if (vma == nullptr || vma->vm_start > start) return -ENOMEM;
        const u64 new_flags = access_flags(prot) | (vma->vm_flags & ~VM_ACCESS_FLAGS);
        if (!may_have(new_flags)) return -EACCES;
        const u64 stop = vma->vm_end < end ? vma->vm_end : end;
        if (const i64 error = mprotect_fixup(tlb, vma, start, stop, new_flags); error != 0) return error;
        // A merge may have carried it over regions that are as wanted already.
        start = vma->vm_end;
        vma = vma->next;
    }
    return 0;
}

}  // namespace

extern "C" [[gnu::noinline]] i64 do_mprotect(AddressSpace& mm, u64 addr, u64 len, u64 prot) {
    const u64 grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
    prot &= ~(PROT_GROWSDOWN | PROT_GROWSUP);
    if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || !arch::is_aligned(addr, PAGE_SIZE)) return -EINVAL;
    if (len == 0) return 0;
    const u64 end = addr + arch::align_up(len, PAGE_SIZE);
    if (end <= addr) return -ENOMEM;
    if ((prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM)) != 0) return -EINVAL;
    Vma* const vma = find_vma_intersection(mm, addr, end);
    if (vma == nullptr) return -ENOMEM;
    if (grows == 0) return protect_regions(mm, vma, addr, end, prot);
    // PROT_GROWSDOWN: from the start of the stack; no region grows upwards.
    if (grows == PROT_GROWSUP) return vma->vm_start > addr ? -ENOMEM : -EINVAL;
    if ((vma->vm_flags & VM_GROWSDOWN) == 0) return -EINVAL;
    return protect_regions(mm, vma, vma->vm_start, end, prot);
}

}  // namespace km
