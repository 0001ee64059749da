// Taking regions away. Linux: do_vmi_align_munmap(), mm/vma.c, 6.12.
#pragma once

#include "kernel_model/mm/syscalls_mm.h"

namespace km {

// Unmaps whatever lies in [start, end), both page aligned. 0 or -ENOMEM: a split failed, nothing is unmapped.
[[nodiscard]] i64 unmap_range(AddressSpace& mm, u64 start, u64 end);

}  // namespace km
