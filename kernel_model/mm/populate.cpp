#include "kernel_model/mm/populate.h"

#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/pte.h"

namespace km {
namespace {

// Whether an access needs no fault; the access flag and dirty state do not matter. Linux: follow_page_pte().
bool is_mapped(const AddressSpace& mm, u64 address, bool write) {
    const u64* const pmd = find_entry(mm, kPteLevel - 1, address);
    if (pmd == nullptr) return false;
    const u64 table = port::load_descriptor(pmd);
    if (table == 0) return false;
    const Pte pte{port::load_descriptor(pte_offset(table, address))};
    return pte_valid(pte) && (!write || pte_write(pte));
}

i64 fault_in_page(Vma& vma, u64 address, bool write) {
    while (!is_mapped(*vma.vm_mm, address, write)) {
        count(GUEST_FAULT_POPULATE);
        const FaultOutcome outcome = handle_mm_fault(vma, address, {.write = write});
        if (outcome == FaultOutcome::OutOfMemory) return -ENOMEM;
        if (outcome != FaultOutcome::Handled && outcome != FaultOutcome::Retry) return -EFAULT;
    }
    return 0;
}

i64 fault_in(Vma& vma, u64 start, u64 end, bool write) {
    for (u64 address = start; address < end; address += PAGE_SIZE)
        if (const i64 error = fault_in_page(vma, address, write); error != 0) return error;
    return 0;
}

u64 smaller(u64 a, u64 b) { return a < b ? a : b; }

}  // namespace

void mm_populate(AddressSpace& mm, u64 start, u64 end) {
    for (Vma* vma = find_vma(mm, start); vma != nullptr && vma->vm_start < end; vma = vma->next) {
        if ((vma->vm_flags & VM_ACCESS_FLAGS) == 0) continue;
        const bool write = (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;
        static_cast<void>(
            fault_in(*vma, start > vma->vm_start ? start : vma->vm_start, smaller(end, vma->vm_end), write));
    }
}

i64 populate_range(AddressSpace& mm, u64 start, u64 end, bool write) {
    while (start < end) {
        Vma* const vma = vma_lookup(mm, start);
        if (vma == nullptr) return -ENOMEM;
        if ((vma->vm_flags & (write ? VM_WRITE : VM_READ)) == 0) return -EINVAL;
        const u64 stop = smaller(end, vma->vm_end);
        if (const i64 error = fault_in(*vma, start, stop, write); error != 0) return error;
        start = stop;
    }
    return 0;
}

}  // namespace km
