// MRS and MSR. The register is named as the manual names it: read_sysreg(ESR_EL1), or S<op0>_<op1>_<Cn>_<Cm>_<op2>
// where the assembler's base architecture does not know it.
#pragma once

#include "mmu/arch/bits.h"

#define read_sysreg(name)                                       \
    __extension__({                                             \
        arch::u64 value_of_sysreg;                              \
        asm volatile("mrs %0, " #name : "=r"(value_of_sysreg)); \
        value_of_sysreg;                                        \
    })
#define write_sysreg(value, name) asm volatile("msr " #name ", %x0" : : "rZ"(static_cast<arch::u64>(value)) : "memory")
