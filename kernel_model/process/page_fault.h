#pragma once

#include "kernel_model/process/pt_regs.h"

namespace km {

// A Data or Instruction Abort, from either level. Linux: arch/arm64/mm/fault.c, do_mem_abort().
void do_mem_abort(arch::u64 address, arch::u64 esr, PtRegs& regs);

}  // namespace km
