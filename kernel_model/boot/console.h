// The console: a PL011 driven by polling. Arm: PrimeCell UART (PL011) Technical Reference Manual.
#pragma once

#include <cstddef>

#include "mmu/arch/bits.h"

namespace km::console {

// `registers` is the mapped device; before this call output is dropped.
void start(void* registers);
// Bytes as they are: a line ends with a line feed alone.
void write(const char* text, std::size_t length);

}  // namespace km::console
