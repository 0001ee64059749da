#pragma once

#include <string>

#include "mmu/arch/bits.h"

namespace emu {

// Linux's name of an arm64 system call (include/uapi/asm-generic/unistd.h, 6.12); empty where there is none.
[[nodiscard]] std::string syscall_name(arch::u64 number);

}  // namespace emu
