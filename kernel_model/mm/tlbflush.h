// TLB maintenance for user address spaces. Linux: arch/arm64/include/asm/tlbflush.h, 6.12.
//
// Every flush is DSB ISHST (the table stores are visible to walkers), the operations, DSB ISH (they are complete);
// the _nosync forms leave the last one to the caller.
#pragma once

#include "kernel_model/mm/address_space.h"
#include "kernel_model/mm/geometry.h"

namespace km {

inline constexpr unsigned TLBI_TTL_UNKNOWN = 0;
// Pages from which one ASIDE1IS is cheaper than single operations, on cores without range operations.
inline constexpr u64 MAX_DVM_OPS = PTRS_PER_PTE;

// `stride` is the size of one leaf; `tlb_level` 1..3 is a hint used with FEAT_TTL.
void __flush_tlb_range_nosync(const AddressSpace& mm, u64 start, u64 end, u64 stride, bool last_level, unsigned tlb_level);
void __flush_tlb_range(const AddressSpace& mm, u64 start, u64 end, u64 stride, bool last_level, unsigned tlb_level);
void flush_tlb_range(const AddressSpace& mm, u64 start, u64 end);
void flush_tlb_page_nosync(const AddressSpace& mm, u64 address);
void flush_tlb_page(const AddressSpace& mm, u64 address);
extern "C" void flush_tlb_mm(const AddressSpace& mm);
// This processor only, everything. Linux: local_flush_tlb_all().
void local_flush_tlb_all();

}  // namespace km
