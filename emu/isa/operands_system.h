// Operands of exception generation, hints, barriers, PSTATE and system registers.
#pragma once

#include "emu/isa/operand_fields.h"

namespace emu::operands {

using CRm = At<FieldId::CRm, 8>;
using CRn = At<FieldId::CRn, 12>;
using op1 = At<FieldId::op1, 16>;
using op2 = At<FieldId::op2, 5>;
using o0_sysreg = At<FieldId::o0, 19>;

struct NoOperands {
    using Fields = Reads<>;
    static bool fill(u32, DecodedOp&) { return true; }
};

// imm: the immediate. UDF holds it in its low half.
template <unsigned Low>
struct ImmediateAt {
    using imm16 = At<FieldId::imm16, Low>;
    using Fields = Reads<imm16>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm16::get(word);
        return true;
    }
};
using Immediate16 = ImmediateAt<5>;
using ImmediateLow16 = ImmediateAt<0>;

// imm: the hint's number, CRm:op2.
struct Hint {
    using Fields = Reads<CRm, op2>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = (CRm::get(word) << 3) | op2::get(word);
        return true;
    }
};

// imm and option: CRm (domain and types of DSB and DMB).
struct Barrier {
    using Fields = Reads<CRm>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = CRm::get(word);
        op.option = static_cast<u8>(CRm::get(word));
        return true;
    }
};

// imm: CRm, the value for the PSTATE field.
struct PstateImmediate {
    using Fields = Reads<CRm>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = CRm::get(word);
        return true;
    }
};

// The 16-bit name op0:op1:CRn:CRm:op2 of a system register or instruction: bits 20..5 of the word.
[[nodiscard]] constexpr u64 system_key(u32 word) { return (word >> 5) & 0xffff; }
[[nodiscard]] constexpr u64 make_system_key(unsigned op0, unsigned o1, unsigned n, unsigned m, unsigned o2) {
    return (op0 << 14) | (o1 << 11) | (n << 7) | (m << 3) | o2;
}
inline constexpr u64 kKeyNzcv = make_system_key(3, 3, 4, 2, 0);
inline constexpr u64 kKeyDcZva = make_system_key(1, 3, 7, 4, 1);

// imm: the register's key; rd: Rt as source.
struct SystemWrite {
    using Fields = Reads<o0_sysreg, op1, CRn, CRm, op2, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = system_key(word);
        op.rd = source(op, Rt::get(word));
        if (op.imm == kKeyNzcv) add_nzcv_result(op);
        return true;
    }
};
// imm: the register's key; rd: Rt as destination.
struct SystemRead {
    using Fields = SystemWrite::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = system_key(word);
        op.rd = result(op, Rt::get(word));
        if (op.imm == kKeyNzcv) add_nzcv_source(op);
        return true;
    }
};

// imm: the instruction's key; rd: Rt as source.
struct SystemInstruction {
    using Fields = Reads<op1, CRn, CRm, op2, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = system_key(word);
        op.rd = source(op, Rt::get(word));
        op.timing.op_class = class_of(word);
        return true;
    }
    // The manual's allocation: CRn 8 is TLBI, CRn 7 with CRm 8 is AT, the rest of CRn 7 is IC and DC.
    static OpClass class_of(u32 word) {
        if (system_key(word) == kKeyDcZva) return OpClass::DcZva;
        if (CRn::get(word) == 8) return OpClass::Tlbi;
        if (CRn::get(word) != 7) return OpClass::Msr;
        return CRm::get(word) == 8 ? OpClass::AddressTranslate : OpClass::CacheMaintenance;
    }
};
// imm: the instruction's key; rd: Rt as destination.
struct SystemInstructionResult {
    using Fields = SystemInstruction::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = system_key(word);
        op.rd = result(op, Rt::get(word));
        return true;
    }
};

}  // namespace emu::operands
