// Linux: dup_mmap(), kernel/fork.c, 6.12.
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "kernel_model/mm/vma_merge.h"

namespace km {
namespace {

void copy_layout(AddressSpace& to, const AddressSpace& from) {
    to.mmap_base = from.mmap_base;
    to.task_size = from.task_size;
    to.start_brk = from.start_brk;
    to.brk = from.brk;
    to.start_stack = from.start_stack;
    to.start_code = from.start_code;
    to.end_code = from.end_code;
    to.start_data = from.start_data;
    to.end_data = from.end_data;
    to.arg_start = from.arg_start;
    to.env_start = from.env_start;
    to.signal_return = from.signal_return;
}

// A region that is wiped starts without pages, and so without an AnonVma.
bool copy_anon_vma(Vma& copy, Vma& vma) {
    if ((vma.vm_flags & VM_WIPEONFORK) == 0) return anon_vma_fork(copy, vma) == 0;
    copy.anon_vma = nullptr;
    return true;
}

bool copy_region(AddressSpace& child, Vma& vma) {
    Vma* const copy = vm_area_dup(vma);
    if (copy == nullptr) return false;
    copy->vm_mm = &child;
    copy->vm_flags &= ~VM_LOCKED;
    if (!copy_anon_vma(*copy, vma)) {
        vm_area_free(*copy);
        return false;
    }
    if (copy->vm_file != nullptr) file_get(copy->vm_file);
    child.vmas.insert(*copy);
    return (vma.vm_flags & VM_WIPEONFORK) != 0 || copy_page_range(*copy, vma) == 0;
}

bool copy_regions(AddressSpace& child, const AddressSpace& parent) {
    for (Vma* vma = parent.vmas.first(); vma != nullptr; vma = vma->next)
        if ((vma->vm_flags & VM_DONTCOPY) == 0 && !copy_region(child, *vma)) return false;
    return true;
}

}  // namespace

extern "C" [[gnu::noinline]] AddressSpace* dup_mmap(AddressSpace& parent) {
    AddressSpace* const child = mm_alloc();
    if (child == nullptr) return nullptr;
    copy_layout(*child, parent);
    const bool copied = copy_regions(*child, parent);
    // The parent's private pages are write protected now, whether or not the child came to be.
    flush_tlb_mm(parent);
    if (copied) {
        count(GUEST_FORKS);
        return child;
    }
    mm_destroy(*child);
    return nullptr;
}

}  // namespace km
