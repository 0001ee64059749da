// The programs of programs.S, by name.
#pragma once

#include <span>
#include <string_view>

#include "mmu/arch/bits.h"

namespace core_test {

// The program's instructions, and whatever follows it. Aborts the test where there is no such program.
[[nodiscard]] std::span<const arch::u8> program(std::string_view name);

}  // namespace core_test
