// Flag manipulation. Arm: C6.2, CFINV, RMIF, SETF8, SETF16, AXFLAG, XAFLAG.
#pragma once

#include <bit>

#include "emu/core/exec/operations.h"

namespace emu::exec {

EXEC(CFINV) {
    pe.nzcv ^= kFlagC;
    return Mode::next(pe, op);
}
// Bits 3:0 of the rotated register are N, Z, C and V.
EXEC(RMIF) {
    const u32 rotated = static_cast<u32>(std::rotr(pe.x[op->rn], op->shift)) << 28;
    const u32 mask = u32{op->option} << 28;
    pe.nzcv = (pe.nzcv & ~mask) | (rotated & mask);
    return Mode::next(pe, op);
}

// The low Bits as a signed number of Bits: N and Z of it, V where one bit more says otherwise; C stays.
template <class Mode, unsigned Bits>
EXEC_INLINE void evaluate_flags(Pe& pe, const DecodedOp* op) {
    const u32 value = static_cast<u32>(pe.x[op->rn]) << (32 - Bits);
    const bool overflow = ((pe.x[op->rn] >> Bits ^ pe.x[op->rn] >> (Bits - 1)) & 1) != 0;
    pe.nzcv = (pe.nzcv & kFlagC) | flags_nz(value) | (overflow ? kFlagV : 0);
    return Mode::next(pe, op);
}
EXEC(SETF8) { return evaluate_flags<Mode, 8>(pe, op); }
EXEC(SETF16) { return evaluate_flags<Mode, 16>(pe, op); }

// From Arm's floating-point comparison flags to the alternative form: unordered (C and V) becomes Z.
EXEC(AXFLAG) {
    const bool unordered = (pe.nzcv & kFlagV) != 0;
    const bool z = (pe.nzcv & kFlagZ) != 0 || unordered;
    const bool c = (pe.nzcv & kFlagC) != 0 && !unordered;
    pe.nzcv = (z ? kFlagZ : 0) | (c ? kFlagC : 0);
    return Mode::next(pe, op);
}
// And back.
EXEC(XAFLAG) {
    const bool z = (pe.nzcv & kFlagZ) != 0;
    const bool c = (pe.nzcv & kFlagC) != 0;
    pe.nzcv = (!c && !z ? kFlagN : 0) | (z && c ? kFlagZ : 0) | (c || z ? kFlagC : 0) | (!c && z ? kFlagV : 0);
    return Mode::next(pe, op);
}

}  // namespace emu::exec
