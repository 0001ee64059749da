// What programs are told of the core. Linux: arch/arm64/kernel/cpufeature.c; Documentation/arch/arm64/elf_hwcaps.rst and
// cpu-feature-registers.rst.
#pragma once

#include "kernel_model/process/pt_regs.h"

namespace km {

struct HardwareCapabilities {
    arch::u64 hwcap, hwcap2;
};
// From the ID registers. Pointer authentication and branch targets are left out: this kernel does not enable them.
[[nodiscard]] HardwareCapabilities hardware_capabilities();

// MRS of an ID register at EL0, which traps: does what it would and steps over it. False: another instruction.
[[nodiscard]] bool emulate_id_register(PtRegs& regs);

}  // namespace km
