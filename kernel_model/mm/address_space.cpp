#include "kernel_model/lib/object_pool.h"
#include "kernel_model/mm/asid_allocator.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/zap.h"

namespace km {

AddressSpace* all_address_spaces = nullptr;

namespace {
ObjectPool<AddressSpace> address_spaces;
AsidAllocator asids;
AddressSpace* active_mm = nullptr;

void unlist(AddressSpace& mm) {
    AddressSpace** at = &all_address_spaces;
    while (*at != &mm) at = &(*at)->next;
    *at = mm.next;
}
}  // namespace

AddressSpace* mm_alloc() {
    AddressSpace* const mm = address_spaces.create();
    if (mm == nullptr) return nullptr;
    Page* const root = alloc_table(*mm, kRootLevel);
    if (root == nullptr) {
        address_spaces.destroy(mm);
        return nullptr;
    }
    mm->pgd = static_cast<u64*>(page_address(root));
    mm->next = all_address_spaces;
    all_address_spaces = mm;
    return mm;
}

void exit_mmap(AddressSpace& mm) {
    Vma* const first = mm.vmas.first();
    if (first == nullptr) return;
    {
        MmuGather tlb{mm, MmuGather::Kind::FullMm};
        for (Vma* vma = first; vma != nullptr; vma = vma->next)
            unmap_page_range(tlb, *vma, vma->vm_start, vma->vm_end);
        free_pgtables(tlb, first, 0, 0);
    }
    mm.vmas.clear();
    for (Vma* vma = first; vma != nullptr;) {
        Vma* const next = vma->next;
        remove_vma(*vma);
        vma = next;
    }
}

void mm_destroy(AddressSpace& mm) {
    if (&mm == active_mm) port::panic("an address space is destroyed while it is installed");
    exit_mmap(mm);
    unlist(mm);
    free_table(mm, virt_to_page(mm.pgd));
    address_spaces.destroy(&mm);
}

void leave_mm() { active_mm = nullptr; }

void switch_mm(AddressSpace& mm) {
    active_mm = &mm;
    count(GUEST_CONTEXT_SWITCHES);
    asids.switch_to(mm, port::features.asid_bits);
}

}  // namespace km
