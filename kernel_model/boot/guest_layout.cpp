#include "kernel_model/boot/guest_layout.h"

#include <cstddef>

#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/page.h"
#include "kernel_model/port/port.h"

namespace km {
namespace {

constinit guest_layout layout{
    .magic = GUEST_LAYOUT_MAGIC,
    .linear_map = 0,
    .address_spaces = 0,
    .page_array = 0,
    .mm_next = offsetof(AddressSpace, next),
    .mm_pgd = offsetof(AddressSpace, pgd),
    .mm_first_vma = offsetof(AddressSpace, vmas) + VmaTree::offset_of_first(),
    .mm_start_brk = offsetof(AddressSpace, start_brk),
    .mm_brk = offsetof(AddressSpace, brk),
    .vma_start = offsetof(Vma, vm_start),
    .vma_end = offsetof(Vma, vm_end),
    .vma_flags = offsetof(Vma, vm_flags),
    .vma_file = offsetof(Vma, vm_file),
    .vma_next = offsetof(Vma, next),
    .page_bytes = sizeof(Page),
    .page_flags = offsetof(Page, flags),
    .page_compound_head = offsetof(Page, compound_head),
    .second_page_order = offsetof(Page, large) + offsetof(Page::Large, order),
    .page_flag_head = PG_head,
    .vma_exec = VM_EXEC,
    .vma_shared = VM_SHARED,
    .vma_grows_down = VM_GROWSDOWN,
};

}  // namespace

u64 guest_layout_address() {
    layout.linear_map = reinterpret_cast<u64>(port::phys_to_virt(0));
    layout.address_spaces = port::virt_to_phys(&all_address_spaces);
    layout.page_array = port::virt_to_phys(&page_array);
    return port::virt_to_phys(&layout);
}

}  // namespace km
