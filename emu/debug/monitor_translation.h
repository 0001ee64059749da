// The monitor commands `tlb` and `walk`: what translations are cached, and what the tables say.
#pragma once

#include <string>

#include "mmu/mmu.h"
#include "mmu/physical_memory_port.h"

namespace emu::debug {

// Contents of the TLBs; `which` is l1i, l1d, l2, or empty for all.
[[nodiscard]] std::string tlb_text(const mmu::TlbHierarchy& tlbs, const std::string& which);

// The walk of `va` by the tables as they are now, level by level, and the state of the leaf's contiguous group.
[[nodiscard]] std::string walk_text(const mmu::TranslationRegime& regime, mmu::PhysicalMemoryPort& memory, arch::u64 va);

}  // namespace emu::debug
