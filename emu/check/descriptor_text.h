// A descriptor as people read it: "page 48020000 user read-write nG AF contiguous".
#pragma once

#include <string>

#include "mmu/arch/descriptor.h"

namespace emu {

// Stage 1 of EL1&0 at `level`. The format decides which bits are address.
[[nodiscard]] std::string descriptor_text(arch::Descriptor descriptor, arch::TableFormat format, int level);

}  // namespace emu
