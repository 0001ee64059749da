// Operands of scalar floating point. rd, rn, rm and ra are numbers of V registers where the struct does not say
// otherwise.
#pragma once

#include "emu/isa/operands_data.h"
#include "emu/isa/operands_vector.h"

namespace emu::operands {

using imm8_scalar = At<FieldId::imm8, 13>;
using scale = At<FieldId::scale, 10>;

struct FpUnary {
    using Fields = Reads<Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = v_source(op, Rn::get(word));
        op.rd = v_result(op, Rd::get(word));
        return true;
    }
};
struct FpBinary {
    using Fields = Reads<Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rm = v_source(op, Rm::get(word));
        return FpUnary::fill(word, op);
    }
};
struct FpTernary {
    using Fields = Reads<Rm, Ra, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.ra = v_source(op, Ra::get(word));
        return FpBinary::fill(word, op);
    }
};

struct FpCompareZero {
    using Fields = Reads<Rn>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = v_source(op, Rn::get(word));
        return true;
    }
};
struct FpCompare {
    using Fields = Reads<Rm, Rn>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rm = v_source(op, Rm::get(word));
        return FpCompareZero::fill(word, op);
    }
};
// option: the condition; shift: the four flags where it does not hold.
struct FpCondCompare {
    using Fields = Reads<Rm, cond_select, Rn, nzcv>;
    static bool fill(u32 word, DecodedOp& op) {
        op.option = static_cast<u8>(cond_select::get(word));
        op.shift = static_cast<u8>(nzcv::get(word));
        return FpCompare::fill(word, op);
    }
};
// option: the condition.
struct FpCondSelect {
    using Fields = Reads<Rm, cond_select, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.option = static_cast<u8>(cond_select::get(word));
        return FpBinary::fill(word, op);
    }
};

// The eight bits of a constant as a number of a format: sign, three bits of exponent, four of fraction. Arm:
// VFPExpandImm().
[[nodiscard]] constexpr u64 expand_constant(u32 imm8, unsigned exponent_bits, unsigned fraction_bits) {
    const bool wraps = (imm8 & 0x40) != 0;
    const u64 high_exponent = wraps ? arch::low_mask(exponent_bits - 3) : arch::low_mask(exponent_bits - 3) + 1;
    const u64 exponent = (high_exponent << 2) | ((imm8 >> 4) & 3);
    const u64 magnitude = (exponent << fraction_bits) | (u64{imm8 & 15} << (fraction_bits - 4));
    return magnitude | (u64{imm8 >> 7} << (exponent_bits + fraction_bits));
}
// imm: the number.
template <unsigned ExponentBits, unsigned FractionBits>
struct FpConstant {
    using Fields = Reads<imm8_scalar, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = expand_constant(imm8_scalar::get(word), ExponentBits, FractionBits);
        op.rd = v_result(op, Rd::get(word));
        return true;
    }
};
using FpConstantH = FpConstant<5, 10>;
using FpConstantS = FpConstant<8, 23>;
using FpConstantD = FpConstant<11, 52>;

// rd: an X register; shift: bits after the point. The width is the row's.
struct FpToGeneral {
    using Fields = Reads<Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = v_source(op, Rn::get(word));
        op.rd = result(op, Rd::get(word));
        return true;
    }
};
// rn: an X register; shift: bits after the point.
struct FpFromGeneral {
    using Fields = Reads<Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source(op, Rn::get(word));
        op.rd = v_result(op, Rd::get(word));
        return true;
    }
};
// As FpFromGeneral; keeps the rest of Vd.
struct FpInsertGeneral {
    using Fields = Reads<Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        (void)v_source(op, Rd::get(word));
        return FpFromGeneral::fill(word, op);
    }
};
// A fixed-point number has at least one bit after the point, and at most its width.
template <class Integer, unsigned Bits>
struct WithScale {
    using Fields = Reads<scale, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.shift = static_cast<u8>(64 - scale::get(word));
        return op.shift <= Bits && Integer::fill(word, op);
    }
};
using FpToFixed32 = WithScale<FpToGeneral, 32>;
using FpToFixed64 = WithScale<FpToGeneral, 64>;
using FpFromFixed32 = WithScale<FpFromGeneral, 32>;
using FpFromFixed64 = WithScale<FpFromGeneral, 64>;

}  // namespace emu::operands
