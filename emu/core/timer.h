// The generic timer as registers: counts and compare values. No interrupt leaves it yet; ISTATUS is right.
// Arm: "The Generic Timer in AArch64 state". CNTVOFF_EL2 does not exist here, so virtual and physical time agree.
#pragma once

#include "emu/isa/decoded_op.h"

namespace emu {

// Reads and writes of the registers of hook Timer. `row` is a row of kSysRegs.
[[nodiscard]] u64 read_timer(Pe& pe, u8 row);
void write_timer(Pe& pe, u8 row, u64 value);

}  // namespace emu
