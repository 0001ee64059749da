// Operands of flag manipulation.
#pragma once

#include "emu/isa/operand_fields.h"

namespace emu::operands {

using imm6_rotate = At<FieldId::imm6, 15>;
using nzcv_mask = At<FieldId::nzcv, 0>;

// RMIF. shift: the rotation; option: which flags change.
struct RotateIntoFlags {
    using Fields = Reads<imm6_rotate, Rn, nzcv_mask>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source(op, Rn::get(word));
        op.shift = static_cast<u8>(imm6_rotate::get(word));
        op.option = static_cast<u8>(nzcv_mask::get(word));
        return true;
    }
};
// SETF8 and SETF16.
struct EvaluateFlags {
    using Fields = Reads<Rn>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source(op, Rn::get(word));
        return true;
    }
};

}  // namespace emu::operands
