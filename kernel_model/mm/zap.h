// Taking mappings away. Linux: unmap_page_range(), free_pgtables(), mm/memory.c.
#pragma once

#include "kernel_model/mm/mmu_gather.h"
#include "kernel_model/mm/vma.h"

namespace km {

// Clears all entries of [start, end) of one region; the pages go to `tlb`, which is flushed at the end of the region.
// Linux: unmap_single_vma().
extern "C" void unmap_page_range(MmuGather& tlb, Vma& vma, u64 start, u64 end);

// Unlinks the tables that map only [start, end) and holes around it, within (floor, ceiling). Linux: free_pgd_range().
void free_pgd_range(MmuGather& tlb, u64 start, u64 end, u64 floor, u64 ceiling);
// The same for a list of regions, which also leave their AnonVmas. Linux: free_pgtables().
void free_pgtables(MmuGather& tlb, Vma* first, u64 floor, u64 ceiling);

// Completes what unmapping by reverse map left in flight. Linux: flush_tlb_batched_pending().
void flush_tlb_batched_pending(AddressSpace& mm);

}  // namespace km
