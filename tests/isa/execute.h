// Executes single data-processing instructions and branches with the emulator's own handlers, without a machine.
#pragma once

#include "emu/core/pe.h"

namespace isa_test {

inline constexpr arch::u64 kPc = 0x40'0123'4ff8;  // of every instruction executed here

// Executes `word` on `pe` at kPc. Afterwards pe.pc is where execution goes on, and pe.record.taken says whether a
// branch was taken. Throws std::invalid_argument for what is UNDEFINED or has its handler elsewhere (loads, system).
void execute(emu::Pe& pe, arch::u32 word);

}  // namespace isa_test
