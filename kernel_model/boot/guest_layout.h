// Where the host finds regions and folios: struct guest_layout of the ABI.
#pragma once

#include "mmu/arch/bits.h"

namespace km {

// Physical address of the filled structure.
[[nodiscard]] arch::u64 guest_layout_address();

}  // namespace km
