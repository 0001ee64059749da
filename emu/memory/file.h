// Whole files as bytes.
#pragma once

#include <string>
#include <vector>

#include "mmu/arch/bits.h"

namespace emu {

// Throws UserError naming the path, the system's reason and `hint` (how to mend it; may be empty).
[[nodiscard]] std::vector<arch::u8> read_file(const std::string& path, const std::string& hint = "");

}  // namespace emu
