// Hardware page aggregation: pages that happen to be contiguous share a TLB entry, with one valid bit each, without the
// Contiguous bit. N1 and A76: four pages (Cortex-A76 TRM, L2 TLB RAM format; CPUECTLR_EL1.HPA_*).
#pragma once

#include "mmu/physical_memory_port.h"
#include "mmu/tlb/tlb_entry.h"

namespace mmu {

// Widens the entry of one page over those of the 2^pages_shift naturally aligned neighbours whose descriptors map the
// frames that continue its own, with equal attributes, permissions, access flag and dirty state (software bits aside).
// The group must be naturally aligned in physical memory too: assumed, no manual says. Looking at the neighbours is
// free: at most eight descriptors share the 64-byte line that the walk has fetched. Without such neighbours nothing
// changes.
void aggregate(TlbEntry& page, unsigned pages_shift, PhysicalMemoryPort& memory);

// One page of an aggregated entry as an entry of its own.
[[nodiscard]] TlbEntry single_page(const TlbEntry& aggregated, arch::u64 va);

// `fresh` with those pages of `old` that it lacks, if both describe the same frames alike; else `fresh`.
[[nodiscard]] TlbEntry widened(const TlbEntry& old, const TlbEntry& fresh);

}  // namespace mmu
