// Where a new mapping goes. Linux: __get_unmapped_area() and what it calls, mm/mmap.c, 6.12.
#pragma once

#include "kernel_model/mm/syscalls_mm.h"

namespace km {

// The address for `len` bytes (page aligned, not 0), or -ENOMEM, -EINVAL, -EPERM. MAP_FIXED: `addr` itself. A hint is
// taken if it is free; otherwise top-down first fit below mmap_base, then bottom-up. Anonymous private memory without a
// hint is PMD aligned if its length is a multiple of PMD_SIZE.
[[nodiscard]] i64 get_unmapped_area(const AddressSpace& mm, const File* file, u64 addr, u64 len, u64 flags);

}  // namespace km
