// The memory system calls, below the argument wrappers of the architecture. Results are Linux's: an address or 0, or
// a negated error number. Lengths are bytes and are rounded up to pages; addresses need alignment where Linux's do.
// The functions with C linkage can be probed under their names.
#pragma once

#include "kernel_model/mm/address_space.h"
#include "kernel_model/mm/file.h"

namespace km {

// Regions of one address space at most. Linux: sysctl_max_map_count.
inline constexpr u64 kMaxMapCount = 65530;
// Lowest address a program may map. Linux: vm.mmap_min_addr as Debian sets it.
inline constexpr u64 kMmapMinAddr = 65536;
// Linux: RLIMIT_STACK's usual value, bytes.
inline constexpr u64 kStackLimit = 8 << 20;

extern "C" {
// `file` null: anonymous memory; MAP_SHARED then gets a file of its own. Otherwise the region takes a reference.
// `pgoff` is in pages.
i64 do_mmap(AddressSpace& mm, u64 addr, u64 len, u64 prot, u64 flags, File* file, u64 pgoff);
i64 do_munmap(AddressSpace& mm, u64 addr, u64 len);
i64 do_mprotect(AddressSpace& mm, u64 addr, u64 len, u64 prot);
i64 do_mremap(AddressSpace& mm, u64 addr, u64 old_len, u64 new_len, u64 flags, u64 new_addr);
// The end of the heap: the new one, or the old one if that cannot be had.
i64 do_brk(AddressSpace& mm, u64 brk);
i64 do_madvise(AddressSpace& mm, u64 addr, u64 len, int advice);
// fork: a copy of `parent`; null: no memory.
AddressSpace* dup_mmap(AddressSpace& parent);
}

// The lowest region that ends above `address`, or null.
[[nodiscard]] inline Vma* find_vma(const AddressSpace& mm, u64 address) { return mm.vmas.find(address); }
// The region that holds `address`, or null. Linux: vma_lookup().
[[nodiscard]] inline Vma* vma_lookup(const AddressSpace& mm, u64 address) {
    Vma* const vma = mm.vmas.find(address);
    return vma != nullptr && vma->vm_start <= address ? vma : nullptr;
}
// The first region that overlaps [start, end), or null.
[[nodiscard]] inline Vma* find_vma_intersection(const AddressSpace& mm, u64 start, u64 end) {
    Vma* const vma = mm.vmas.find(start);
    return vma != nullptr && vma->vm_start < end ? vma : nullptr;
}

// The region of a faulting address; a stack above it is grown down to it. Null: a bad address.
[[nodiscard]] Vma* lock_mm_and_find_vma(AddressSpace& mm, u64 address);
// Grows a VM_GROWSDOWN region down to the page of `address`. 0, or -EFAULT, -EPERM, -ENOMEM.
i64 expand_stack(Vma& vma, u64 address);

}  // namespace km
