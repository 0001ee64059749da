// Data processing (register). Arm: C6.2, the operation section of each instruction.
#pragma once

#include "emu/core/exec/operations.h"

namespace emu::exec {

#define EXEC_SHIFTED(name, operation)                                                \
    EXEC(name##_LSL_32) { return shifted<Mode, u32, operation, LSL>(pe, op); }       \
    EXEC(name##_LSR_32) { return shifted<Mode, u32, operation, LSR>(pe, op); }       \
    EXEC(name##_ASR_32) { return shifted<Mode, u32, operation, ASR>(pe, op); }       \
    EXEC(name##_LSL_64) { return shifted<Mode, u64, operation, LSL>(pe, op); }       \
    EXEC(name##_LSR_64) { return shifted<Mode, u64, operation, LSR>(pe, op); }       \
    EXEC(name##_ASR_64) { return shifted<Mode, u64, operation, ASR>(pe, op); }
#define EXEC_SHIFTED_OR_ROTATED(name, operation)                                     \
    EXEC_SHIFTED(name, operation)                                                    \
    EXEC(name##_ROR_32) { return shifted<Mode, u32, operation, ROR>(pe, op); }       \
    EXEC(name##_ROR_64) { return shifted<Mode, u64, operation, ROR>(pe, op); }
#define EXEC_EXTENDED(name, operation)                                               \
    EXEC(name##_ext_32) { return extended_register<Mode, u32, operation>(pe, op); }  \
    EXEC(name##_ext_64) { return extended_register<Mode, u64, operation>(pe, op); }
#define EXEC_REGISTERS(name, operation)                                              \
    EXEC(name##_32) { return registers<Mode, u32, operation>(pe, op); }              \
    EXEC(name##_64) { return registers<Mode, u64, operation>(pe, op); }

EXEC_SHIFTED_OR_ROTATED(AND, And)
EXEC_SHIFTED_OR_ROTATED(BIC, Bic)
EXEC_SHIFTED_OR_ROTATED(ORR, Orr)
EXEC_SHIFTED_OR_ROTATED(ORN, Orn)
EXEC_SHIFTED_OR_ROTATED(EOR, Eor)
EXEC_SHIFTED_OR_ROTATED(EON, Eon)
EXEC_SHIFTED_OR_ROTATED(ANDS, AndFlags)
EXEC_SHIFTED_OR_ROTATED(BICS, BicFlags)
EXEC_SHIFTED(ADD, Add)
EXEC_SHIFTED(ADDS, AddFlags)
EXEC_SHIFTED(SUB, Sub)
EXEC_SHIFTED(SUBS, SubFlags)
EXEC_EXTENDED(ADD, Add)
EXEC_EXTENDED(ADDS, AddFlags)
EXEC_EXTENDED(SUB, Sub)
EXEC_EXTENDED(SUBS, SubFlags)
EXEC_REGISTERS(UDIV, DivideUnsigned)
EXEC_REGISTERS(SDIV, DivideSigned)
EXEC_REGISTERS(LSLV, ShiftLeft)
EXEC_REGISTERS(LSRV, ShiftRight)
EXEC_REGISTERS(ASRV, ShiftArithmetic)
EXEC_REGISTERS(RORV, RotateRight)
EXEC(SMULH) { return registers<Mode, u64, MulHighSigned>(pe, op); }
EXEC(UMULH) { return registers<Mode, u64, MulHighUnsigned>(pe, op); }

#undef EXEC_SHIFTED
#undef EXEC_SHIFTED_OR_ROTATED
#undef EXEC_EXTENDED
#undef EXEC_REGISTERS

// Rn + Rm + C, where a subtraction inverts Rm.
template <class Mode, class T, bool Invert, bool SetFlags>
EXEC_INLINE void with_carry(Pe& pe, const DecodedOp* op) {
    const T b = static_cast<T>(pe.x[op->rm]);
    const Sum<T> sum = add_with_carry<T>(static_cast<T>(pe.x[op->rn]), Invert ? static_cast<T>(~b) : b,
                                         (pe.nzcv & kFlagC) != 0);
    pe.x[op->rd] = sum.value;
    if constexpr (SetFlags) pe.nzcv = sum.nzcv;
    return Mode::next(pe, op);
}
EXEC(ADC_32) { return with_carry<Mode, u32, false, false>(pe, op); }
EXEC(ADC_64) { return with_carry<Mode, u64, false, false>(pe, op); }
EXEC(ADCS_32) { return with_carry<Mode, u32, false, true>(pe, op); }
EXEC(ADCS_64) { return with_carry<Mode, u64, false, true>(pe, op); }
EXEC(SBC_32) { return with_carry<Mode, u32, true, false>(pe, op); }
EXEC(SBC_64) { return with_carry<Mode, u64, true, false>(pe, op); }
EXEC(SBCS_32) { return with_carry<Mode, u32, true, true>(pe, op); }
EXEC(SBCS_64) { return with_carry<Mode, u64, true, true>(pe, op); }

// Flags of Rn op `b` if the condition holds, else the literal ones.
template <class Mode, class T, class Operation>
EXEC_INLINE void conditional_compare(Pe& pe, const DecodedOp* op, T b) {
    const u32 compared = Operation::template apply<T>(static_cast<T>(pe.x[op->rn]), b).nzcv;
    pe.nzcv = condition_holds(op->option, pe.nzcv) ? compared : u32{op->shift} << 28;
    return Mode::next(pe, op);
}
#define EXEC_CONDITIONAL_COMPARE(name, T, bits, operation)                                                     \
    EXEC(name##_reg_##bits) { return conditional_compare<Mode, T, operation>(pe, op, static_cast<T>(pe.x[op->rm])); } \
    EXEC(name##_imm_##bits) { return conditional_compare<Mode, T, operation>(pe, op, static_cast<T>(op->imm)); }
EXEC_CONDITIONAL_COMPARE(CCMN, u32, 32, AddFlags)
EXEC_CONDITIONAL_COMPARE(CCMN, u64, 64, AddFlags)
EXEC_CONDITIONAL_COMPARE(CCMP, u32, 32, SubFlags)
EXEC_CONDITIONAL_COMPARE(CCMP, u64, 64, SubFlags)
#undef EXEC_CONDITIONAL_COMPARE

// Rn if the condition holds, else Rm, inverted and incremented as the row says.
template <class Mode, class T, bool Invert, bool Increment>
EXEC_INLINE void conditional_select(Pe& pe, const DecodedOp* op) {
    const T rm = static_cast<T>(pe.x[op->rm]);
    const T otherwise = static_cast<T>((Invert ? ~rm : rm) + T{Increment});
    pe.x[op->rd] = condition_holds(op->option, pe.nzcv) ? static_cast<T>(pe.x[op->rn]) : otherwise;
    return Mode::next(pe, op);
}
EXEC(CSEL_32) { return conditional_select<Mode, u32, false, false>(pe, op); }
EXEC(CSEL_64) { return conditional_select<Mode, u64, false, false>(pe, op); }
EXEC(CSINC_32) { return conditional_select<Mode, u32, false, true>(pe, op); }
EXEC(CSINC_64) { return conditional_select<Mode, u64, false, true>(pe, op); }
EXEC(CSINV_32) { return conditional_select<Mode, u32, true, false>(pe, op); }
EXEC(CSINV_64) { return conditional_select<Mode, u64, true, false>(pe, op); }
EXEC(CSNEG_32) { return conditional_select<Mode, u32, true, true>(pe, op); }
EXEC(CSNEG_64) { return conditional_select<Mode, u64, true, true>(pe, op); }

template <class Mode, unsigned Bytes>
EXEC_INLINE void crc(Pe& pe, const DecodedOp* op, const CrcTable& table) {
    pe.x[op->rd] = crc_update<Bytes>(table, static_cast<u32>(pe.x[op->rn]), pe.x[op->rm]);
    return Mode::next(pe, op);
}
EXEC(CRC32B) { return crc<Mode, 1>(pe, op, kCrc32Table); }
EXEC(CRC32H) { return crc<Mode, 2>(pe, op, kCrc32Table); }
EXEC(CRC32W) { return crc<Mode, 4>(pe, op, kCrc32Table); }
EXEC(CRC32X) { return crc<Mode, 8>(pe, op, kCrc32Table); }
EXEC(CRC32CB) { return crc<Mode, 1>(pe, op, kCrc32cTable); }
EXEC(CRC32CH) { return crc<Mode, 2>(pe, op, kCrc32cTable); }
EXEC(CRC32CW) { return crc<Mode, 4>(pe, op, kCrc32cTable); }
EXEC(CRC32CX) { return crc<Mode, 8>(pe, op, kCrc32cTable); }

// One source. `expression` is of `a`, the source in the row's width.
#define EXEC_UNARY(name, T, expression)                 \
    EXEC(name) {                                        \
        const T a = static_cast<T>(pe.x[op->rn]);       \
        pe.x[op->rd] = static_cast<T>(expression);      \
        return Mode::next(pe, op);                      \
    }
inline constexpr u64 kLowBytes = 0x00ff'00ff'00ff'00ff;
EXEC_UNARY(RBIT_32, u32, reverse_bits(a))
EXEC_UNARY(RBIT_64, u64, reverse_bits(a))
EXEC_UNARY(REV16_32, u32, swap_groups(a, kLowBytes, 8))
EXEC_UNARY(REV16_64, u64, swap_groups(a, kLowBytes, 8))
EXEC_UNARY(REV_32, u32, reverse_bytes(a))
EXEC_UNARY(REV32_64, u64, std::rotl(reverse_bytes(a), 32))
EXEC_UNARY(REV_64, u64, reverse_bytes(a))
EXEC_UNARY(CLZ_32, u32, std::countl_zero(a))
EXEC_UNARY(CLZ_64, u64, std::countl_zero(a))
EXEC_UNARY(CLS_32, u32, leading_sign_bits(a))
EXEC_UNARY(CLS_64, u64, leading_sign_bits(a))
#undef EXEC_UNARY

// Ra +- Rn * Rm, where Rn and Rm are `Factor`s widened to T.
template <class Mode, class T, class Factor, bool Subtract>
EXEC_INLINE void multiply_add(Pe& pe, const DecodedOp* op) {
    const T a = static_cast<T>(static_cast<Factor>(pe.x[op->rn]));
    const T b = static_cast<T>(static_cast<Factor>(pe.x[op->rm]));
    const T addend = static_cast<T>(pe.x[op->ra]);
    pe.x[op->rd] = static_cast<T>(Subtract ? addend - a * b : addend + a * b);
    return Mode::next(pe, op);
}
EXEC(MADD_32) { return multiply_add<Mode, u32, u32, false>(pe, op); }
EXEC(MADD_64) { return multiply_add<Mode, u64, u64, false>(pe, op); }
EXEC(MSUB_32) { return multiply_add<Mode, u32, u32, true>(pe, op); }
EXEC(MSUB_64) { return multiply_add<Mode, u64, u64, true>(pe, op); }
EXEC(SMADDL) { return multiply_add<Mode, u64, i32, false>(pe, op); }
EXEC(SMSUBL) { return multiply_add<Mode, u64, i32, true>(pe, op); }
EXEC(UMADDL) { return multiply_add<Mode, u64, u32, false>(pe, op); }
EXEC(UMSUBL) { return multiply_add<Mode, u64, u32, true>(pe, op); }

}  // namespace emu::exec
