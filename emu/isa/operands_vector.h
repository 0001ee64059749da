// Operands in SIMD and floating-point registers. rd, rn, rm and ra are numbers of V registers, 0..31, unless the
// struct says otherwise.
#pragma once

#include "emu/isa/operand_fields.h"

namespace emu::operands {

using Q = At<FieldId::Q, 30>;
using size = At<FieldId::size, 22>;

// How much of a V register an operation works on, where DecodedOp::shift says so: the low half (Q = 0), all of it
// (Q = 1), or element 0. The rest of the destination becomes zero.
inline constexpr u8 kVectorHalf = 0;
inline constexpr u8 kVectorFull = 1;
inline constexpr u8 kVectorScalar = 2;

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
