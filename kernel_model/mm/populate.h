// Faulting pages in ahead of their use. Linux: the callers of __get_user_pages() in mm/gup.c.
#pragma once

#include "kernel_model/mm/syscalls_mm.h"

namespace km {

// MAP_POPULATE and MAP_LOCKED: faults in what can be, writable private memory for writing; errors do not matter.
// Linux: __mm_populate().
void mm_populate(AddressSpace& mm, u64 start, u64 end);
// MADV_POPULATE_READ, _WRITE: 0; -ENOMEM a hole or no memory, -EINVAL the region forbids it, -EFAULT a bus error.
// Linux: madvise_populate().
[[nodiscard]] i64 populate_range(AddressSpace& mm, u64 start, u64 end, bool write);

}  // namespace km
