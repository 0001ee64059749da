// Makes the kernel's own mappings: the image, the linear map, devices. Tables are reached by physical address, so it
// runs only while TTBR0_EL1 holds the identity map. Only invalid entries are written: nothing needs a TLBI.
#pragma once

#include "mmu/arch/bits.h"

namespace km {

using arch::u64;

// Zeroed pages for tables, physical addresses, used from the front.
struct TablePool {
    u64 next{0};
    u64 end{0};
};

// The largest mapping that alignment may choose. Contiguous is pages in groups of 16 with the Contiguous bit.
enum class MapGrain { Page, Contiguous, Block2M, Block1G };

struct KernelRange {
    u64 va;
    u64 pa;
    u64 bytes;        // a multiple of the page size, as are va and pa
    u64 attributes;   // leaf descriptor bits, apart from type and Contiguous
    MapGrain grain;
};

// Attributes as Linux's pgtable-prot.h: writable kernel memory carries DBM (PTE_WRITE) and the software dirty bit.
extern const u64 kKernelReadWrite;
extern const u64 kKernelReadOnly;
extern const u64 kKernelReadExecute;
extern const u64 kKernelDevice;

// False: the pool is too small. `root_pa` is a level-0 table.
[[nodiscard]] bool map_kernel_range(u64 root_pa, TablePool& pool, const KernelRange& range);
// Table pages that `bytes` of linear map can take, whatever the alignment.
[[nodiscard]] u64 table_pages_for(u64 bytes);

}  // namespace km
