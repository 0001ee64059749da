// What SYS does, apart from the loops: which instruction a key names, who may execute it, and its effect on
// registers. Arm: C5.3 to C5.5, cache maintenance, address translation and TLB maintenance instructions.
#pragma once

#include "emu/isa/decoded_op.h"

namespace emu {

enum class SystemOperation : u8 {
    Undefined,
    None,              // cache maintenance by set and way: data and instruction views agree at all times
    CleanByVa,         // DC CVAC, CVAU, CVAP, CVADP, CIVAC and IVAC: translated, may fault
    InvalidateInstructionByVa,
    InvalidateInstructions,
    ZeroBlock,
    Translate,         // AT
    InvalidateTlb,     // TLBI
};

enum class SystemRefusal : u8 { None, Undefined, Trapped };

// `key` is op0:op1:CRn:CRm:op2. The features that gate an operation are read from the ID registers.
[[nodiscard]] SystemOperation system_operation(const Pe& pe, u64 key);
// Whether the current Exception level may execute it.
[[nodiscard]] SystemRefusal refuse_system_operation(const Pe& pe, u64 key, SystemOperation operation);

// AT: sets PAR_EL1. false: an External abort on the walk, which is an exception; pe.fault has it. Arm: AArch64.AT.
[[nodiscard]] bool address_translate(Pe& pe, u64 key, u64 va);
// TLBI: invalidates, and fills the record's tlbi.
void invalidate_tlb(Pe& pe, u64 key, u64 operand);

// ISS of a trapped MSR, MRS or system instruction (EC 0x18). Arm: AArch64.SystemAccessTrapSyndrome.
[[nodiscard]] u32 system_trap_iss(u32 word);

}  // namespace emu
