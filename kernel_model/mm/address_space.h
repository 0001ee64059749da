// The address space of a process. Linux: struct mm_struct.
#pragma once

#include "kernel_model/mm/geometry.h"
#include "kernel_model/mm/vma_tree.h"

namespace km {

struct AddressSpace {
    u64* pgd{nullptr};          // root table, in the linear map; its physical address goes to TTBR0_EL1
    u64 context_id{0};          // generation and ASID; see asid_allocator.h
    VmaTree vmas;
    u64 task_size{u64{1} << 48};  // first byte that is no user address
    u64 mmap_base{task_size - (u64{128} << 20)};  // top of the top-down area; Linux: MIN_GAP, no randomisation
    u64 start_brk{0};
    u64 brk{0};
    u64 start_stack{0};
    u64 start_code{0}, end_code{0}, start_data{0}, end_data{0};
    u64 arg_start{0}, env_start{0};
    u64 signal_return{0};       // the page that signal handlers return through, once there is one
    i64 rss_anon{0};            // pages. Linux: MM_ANONPAGES
    i64 rss_file{0};            // pages. Linux: MM_FILEPAGES
    u64 table_pages{0};         // page-table pages, the root included
    bool is_user{true};         // the kernel's own is never folded. Linux: mm_is_user()
    bool tlb_flush_batched{false};  // operations without a final DSB are pending. Linux: tlb_flush_batched
    AddressSpace* next{nullptr};  // list of all live address spaces
};

}  // namespace km
