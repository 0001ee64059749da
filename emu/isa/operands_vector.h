// Operands in SIMD and floating-point registers. rd, rn, rm and ra are numbers of V registers, 0..31, unless the
// struct says otherwise.
#pragma once

#include "emu/isa/operand_fields.h"

namespace emu::operands {

using Q = At<FieldId::Q, 30>;
using size = At<FieldId::size, 22>;

// Registers of V, entered in the dependency lists.
[[nodiscard]] inline u8 v_source(DecodedOp& op, u32 number) {
    op.timing.source[op.timing.source_count++] = static_cast<u8>(kTimingV0 + number);
    return static_cast<u8>(number);
}
[[nodiscard]] inline u8 v_result(DecodedOp& op, u32 number) {
    op.timing.result[op.timing.result_count++] = static_cast<u8>(kTimingV0 + number);
    return static_cast<u8>(number);
}

}  // namespace emu::operands
