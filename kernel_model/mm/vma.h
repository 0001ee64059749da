// A region of an address space. Linux: include/linux/mm_types.h, struct vm_area_struct.
#pragma once

#include "kernel_model/mm/geometry.h"

namespace km {

struct AddressSpace;
struct AnonVma;
struct AnonVmaChain;
struct File;

// vm_flags; values are Linux's (include/linux/mm.h, 6.12), so that traces can be compared.
inline constexpr u64 VM_READ = 0x1;
inline constexpr u64 VM_WRITE = 0x2;
inline constexpr u64 VM_EXEC = 0x4;
inline constexpr u64 VM_SHARED = 0x8;
inline constexpr u64 VM_MAYREAD = 0x10;
inline constexpr u64 VM_MAYWRITE = 0x20;
inline constexpr u64 VM_MAYEXEC = 0x40;
inline constexpr u64 VM_MAYSHARE = 0x80;
inline constexpr u64 VM_GROWSDOWN = 0x100;
inline constexpr u64 VM_LOCKED = 0x2000;
inline constexpr u64 VM_SEQ_READ = 0x8000;
inline constexpr u64 VM_RAND_READ = 0x10000;
inline constexpr u64 VM_DONTCOPY = 0x20000;
inline constexpr u64 VM_DONTEXPAND = 0x40000;
inline constexpr u64 VM_ACCOUNT = 0x100000;
inline constexpr u64 VM_NORESERVE = 0x200000;
inline constexpr u64 VM_WIPEONFORK = 0x2000000;
inline constexpr u64 VM_DONTDUMP = 0x4000000;
inline constexpr u64 VM_HUGEPAGE = 0x20000000;
inline constexpr u64 VM_NOHUGEPAGE = 0x40000000;
inline constexpr u64 VM_DROPPABLE = u64{1} << 40;
inline constexpr u64 VM_ACCESS_FLAGS = VM_READ | VM_WRITE | VM_EXEC;

struct Vma {
    u64 vm_start{0};            // first byte, page aligned
    u64 vm_end{0};              // first byte after
    u64 vm_pgoff{0};            // pages: offset in the file, or vm_start >> PAGE_SHIFT at mmap for anonymous memory
    u64 vm_flags{0};
    AddressSpace* vm_mm{nullptr};
    AnonVma* anon_vma{nullptr}; // set at the first anonymous page
    AnonVmaChain* anon_vma_chain{nullptr};  // kept by anon_vma.cpp
    File* vm_file{nullptr};     // null: anonymous
    Vma* next{nullptr};         // by address, kept by VmaTree
    Vma* prev{nullptr};
    Vma* tree_left{nullptr};    // the tree is VmaTree's own
    Vma* tree_right{nullptr};
    u64 tree_max_gap{0};        // bytes: the largest hole directly below a region of this subtree
    int tree_height{1};

    [[nodiscard]] bool is_anonymous() const { return vm_file == nullptr; }
    [[nodiscard]] u64 pages() const { return (vm_end - vm_start) >> PAGE_SHIFT; }
    // Page offset of `address` in the file or the virtual anonymous file. Linux: linear_page_index().
    [[nodiscard]] u64 linear_page_index(u64 address) const { return ((address - vm_start) >> PAGE_SHIFT) + vm_pgoff; }
    [[nodiscard]] bool contains(u64 address) const { return address >= vm_start && address < vm_end; }
};

}  // namespace km
