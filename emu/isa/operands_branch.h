// Operands of branches. imm is the byte displacement of the target from the instruction.
#pragma once

#include "emu/isa/operand_fields.h"

namespace emu::operands {

using imm26 = At<FieldId::imm26, 0>;
using imm19 = At<FieldId::imm19, 5>;
using imm14 = At<FieldId::imm14, 5>;
using b5 = At<FieldId::b5, 31>;
using b40 = At<FieldId::b40, 19>;
using cond_branch = At<FieldId::cond, 0>;

inline constexpr u8 kLinkRegister = 30;

struct BranchDirect {
    using Fields = Reads<imm26>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm26::displacement(word, 2);
        return true;
    }
};
// Writes X30.
struct BranchAndLink {
    using Fields = Reads<imm26>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rd = result(op, kLinkRegister);
        return BranchDirect::fill(word, op);
    }
};
// option: the condition.
struct BranchConditional {
    using Fields = Reads<imm19, cond_branch>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm19::displacement(word, 2);
        op.option = static_cast<u8>(cond_branch::get(word));
        return true;
    }
};
// rd: the register tested.
struct CompareAndBranch {
    using Fields = Reads<imm19, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm19::displacement(word, 2);
        op.rd = source(op, Rt::get(word));
        return true;
    }
};
// rd: the register tested; shift: the bit.
struct TestAndBranch {
    using Fields = Reads<b5, b40, imm14, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm14::displacement(word, 2);
        op.shift = static_cast<u8>((b5::get(word) << 5) | b40::get(word));
        op.rd = source(op, Rt::get(word));
        return true;
    }
};
// rn: the register that holds the target.
struct BranchRegister {
    using Fields = Reads<Rn>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source(op, Rn::get(word));
        return true;
    }
};
// As BranchRegister; writes X30.
struct BranchRegisterAndLink {
    using Fields = Reads<Rn>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rd = result(op, kLinkRegister);
        return BranchRegister::fill(word, op);
    }
};

}  // namespace emu::operands
