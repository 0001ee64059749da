// A synchronous exception that an instruction asks for. Arm: ExceptionRecord.
#pragma once

#include "emu/isa/decoded_op.h"
#include "mmu/arch/sysreg_layout.h"

namespace emu {

struct ExceptionRequest {
    arch::ExceptionClass exception_class{arch::ExceptionClass::Unknown};  // as if taken from EL0 for aborts
    bool has_far{false};
    bool retires{false};  // the instruction counts as executed, and ELR is the one after it: SVC
    u32 iss{0};
    u64 far{0};
};

}  // namespace emu
