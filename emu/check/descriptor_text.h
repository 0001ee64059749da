// A descriptor as people read it: "page 48020000 user read-write nG AF contiguous".
#pragma once

#include <string>

#include "mmu/arch/descriptor.h"

namespace emu {

// Stage 1 of EL1&0 at `level`. The granule decides which bits are address.
[[nodiscard]] std::string descriptor_text(arch::Descriptor descriptor, arch::Granule granule, int level);

}  // namespace emu
