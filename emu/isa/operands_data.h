// Operands of data processing. Each struct says what it leaves in DecodedOp; rd, rn, rm and ra are always
// the slots of Rd, Rn, Rm and Ra, and are named only where they differ.
#pragma once

#include "emu/isa/bitmask.h"
#include "emu/isa/operand_fields.h"

namespace emu::operands {

using sh = At<FieldId::sh, 22>;
using imm12 = At<FieldId::imm12, 10>;
using imm16_wide = At<FieldId::imm16, 5>;
using hw = At<FieldId::hw, 21>;
using N = At<FieldId::N, 22>;
using immr = At<FieldId::immr, 16>;
using imms = At<FieldId::imms, 10>;
using immlo = At<FieldId::immlo, 29>;
using immhi = At<FieldId::immhi, 5>;
using imm6 = At<FieldId::imm6, 10>;
using imm3 = At<FieldId::imm3, 10>;
using option = At<FieldId::option, 13>;
using cond_select = At<FieldId::cond, 12>;
using imm5 = At<FieldId::imm5, 16>;
using nzcv = At<FieldId::nzcv, 0>;

// imm: byte displacement from the instruction.
struct PcRelative {
    using Fields = Reads<immlo, immhi, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = (immhi::displacement(word, 2)) | immlo::get(word);
        op.rd = result(op, Rd::get(word));
        return true;
    }
};

// imm: byte displacement from the instruction's 4 KiB page.
struct PcRelativePage {
    using Fields = PcRelative::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        PcRelative::fill(word, op);
        op.imm <<= 12;
        return true;
    }
};

// imm: the immediate, shifted. Rd and Rn may be SP.
struct AddSubImm {
    using Fields = Reads<sh, imm12, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = u64{imm12::get(word)} << (12 * sh::get(word));
        op.rn = source_or_sp(op, Rn::get(word));
        op.rd = result_or_sp(op, Rd::get(word));
        return true;
    }
};

// imm: the immediate, shifted. Rn may be SP.
struct AddSubImmFlags {
    using Fields = AddSubImm::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = u64{imm12::get(word)} << (12 * sh::get(word));
        op.rn = source_or_sp(op, Rn::get(word));
        op.rd = result(op, Rd::get(word));
        return true;
    }
};

// imm: the bitmask, in 32-bit operations zero-extended. 32-bit rows fix N to 0.
template <unsigned Bits>
[[nodiscard]] bool fill_bitmask(u32 word, DecodedOp& op) {
    const auto mask = decode_bitmask(Bits == 64 ? N::get(word) : 0, imms::get(word), immr::get(word), Bits);
    if (!mask) return false;
    op.imm = *mask & arch::low_mask(Bits);
    op.rn = source(op, Rn::get(word));
    return true;
}
template <unsigned Bits>
struct LogicalFields {
    using Fields = Reads<N, immr, imms, Rn, Rd>;
};
template <>
struct LogicalFields<32> {
    using Fields = Reads<immr, imms, Rn, Rd>;
};

// Rd may be SP.
template <unsigned Bits>
struct LogicalImm : LogicalFields<Bits> {
    static bool fill(u32 word, DecodedOp& op) {
        op.rd = result_or_sp(op, Rd::get(word));
        return fill_bitmask<Bits>(word, op);
    }
};
template <unsigned Bits>
struct LogicalImmFlags : LogicalFields<Bits> {
    static bool fill(u32 word, DecodedOp& op) {
        op.rd = result(op, Rd::get(word));
        return fill_bitmask<Bits>(word, op);
    }
};
using LogicalImm32 = LogicalImm<32>;
using LogicalImm64 = LogicalImm<64>;
using LogicalImmFlags32 = LogicalImmFlags<32>;
using LogicalImmFlags64 = LogicalImmFlags<64>;

// MOVZ. imm: the value Rd gets.
template <unsigned Bits>
struct MoveWide {
    using Fields = Reads<hw, imm16_wide, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        const unsigned amount = 16 * hw::get(word);
        if (amount >= Bits) return false;
        op.imm = u64{imm16_wide::get(word)} << amount;
        op.rd = result(op, Rd::get(word));
        return true;
    }
};
// MOVN. imm: the value Rd gets.
template <unsigned Bits>
struct MoveNot {
    using Fields = typename MoveWide<Bits>::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        if (!MoveWide<Bits>::fill(word, op)) return false;
        op.imm = ~op.imm & arch::low_mask(Bits);
        return true;
    }
};
// MOVK. imm: the sixteen bits in place; shift: where; ra: Rd as a source.
template <unsigned Bits>
struct MoveKeep {
    using Fields = typename MoveWide<Bits>::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        if (!MoveWide<Bits>::fill(word, op)) return false;
        op.shift = static_cast<u8>(16 * hw::get(word));
        op.ra = source(op, Rd::get(word));
        return true;
    }
};
using MoveWide32 = MoveWide<32>;
using MoveWide64 = MoveWide<64>;
using MoveNot32 = MoveNot<32>;
using MoveNot64 = MoveNot<64>;
using MoveKeep32 = MoveKeep<32>;
using MoveKeep64 = MoveKeep<64>;

// SBFM, UBFM as two shifts of the register's width: left by `shift`, then right by `option`
// (arithmetic for SBFM). With S = imms and R = immr: S >= R extracts bits S..R; S < R moves bits S..0 up
// to end at bit Bits-R+S.
template <unsigned Bits>
struct ShiftField {
    using Fields = Reads<immr, imms, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        const u32 s = imms::get(word);
        const u32 r = immr::get(word);
        if (s >= Bits || r >= Bits) return false;
        op.shift = static_cast<u8>(Bits - 1 - s);
        op.option = static_cast<u8>(s >= r ? Bits - 1 - s + r : r - 1 - s);
        op.rn = source(op, Rn::get(word));
        op.rd = result(op, Rd::get(word));
        return true;
    }
};
// BFM: Rd = (Rd & ~imm) | (Rn rotated right by `shift` & imm); ra: Rd as a source.
template <unsigned Bits>
struct InsertField {
    using Fields = Reads<immr, imms, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        const u32 s = imms::get(word);
        const u32 r = immr::get(word);
        if (s >= Bits || r >= Bits) return false;
        op.imm = s >= r ? arch::low_mask(s - r + 1) : arch::low_mask(s + 1) << (Bits - r);
        op.shift = static_cast<u8>(r);
        op.rn = source(op, Rn::get(word));
        op.ra = source(op, Rd::get(word));
        op.rd = result(op, Rd::get(word));
        return true;
    }
};
using ShiftField32 = ShiftField<32>;
using ShiftField64 = ShiftField<64>;
using InsertField32 = InsertField<32>;
using InsertField64 = InsertField<64>;

// shift: lowest bit of Rn:Rm that is extracted.
template <unsigned Bits>
struct Extract {
    using Fields = Reads<Rm, imms, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        if (imms::get(word) >= Bits) return false;
        op.shift = static_cast<u8>(imms::get(word));
        op.rn = source(op, Rn::get(word));
        op.rm = source(op, Rm::get(word));
        op.rd = result(op, Rd::get(word));
        // Two different registers need the shifter behind the ALU; one is a plain rotate.
        if (op.rn != op.rm) op.timing.op_class = OpClass::AluShift;
        return true;
    }
};
using Extract32 = Extract<32>;
using Extract64 = Extract<64>;

// shift: amount by which Rm is shifted; the row says how.
template <unsigned Bits>
struct ShiftedReg {
    using Fields = Reads<Rm, imm6, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        if (imm6::get(word) >= Bits) return false;
        op.shift = static_cast<u8>(imm6::get(word));
        op.rn = source(op, Rn::get(word));
        op.rm = source(op, Rm::get(word));
        op.rd = result(op, Rd::get(word));
        return true;
    }
};
// Flag-setting logical operations: any shift uses the shifter.
template <unsigned Bits>
struct ShiftedRegFlags {
    using Fields = typename ShiftedReg<Bits>::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        if (!ShiftedReg<Bits>::fill(word, op)) return false;
        if (op.shift != 0) op.timing.op_class = OpClass::AluShift;
        return true;
    }
};
// Add/subtract with LSL: Arm's big cores shift by up to four in the adder itself.
template <unsigned Bits>
struct ShiftedAdd {
    using Fields = typename ShiftedReg<Bits>::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        if (!ShiftedReg<Bits>::fill(word, op)) return false;
        if (op.shift > 4) op.timing.op_class = OpClass::AluShift;
        return true;
    }
};
using ShiftedReg32 = ShiftedReg<32>;
using ShiftedReg64 = ShiftedReg<64>;
using ShiftedRegFlags32 = ShiftedRegFlags<32>;
using ShiftedRegFlags64 = ShiftedRegFlags<64>;
using ShiftedAdd32 = ShiftedAdd<32>;
using ShiftedAdd64 = ShiftedAdd<64>;

// Extend option (UXTB..SXTX) as data. imm: mask of the bits kept; option: 1 = sign-extend from the mask's top.
inline void fill_extend(u32 extend, DecodedOp& op) {
    const unsigned bits = 8u << (extend & 3);
    op.imm = arch::low_mask(bits);
    op.option = extend >= 4 && bits < 64 ? 1 : 0;
}

// Rm extended (imm, option) and shifted left by `shift` (0..4). Rn may be SP, Rd too unless flags are set.
struct ExtendedReg {
    using Fields = Reads<Rm, option, imm3, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rd = result_or_sp(op, Rd::get(word));
        return fill_sources(word, op);
    }
    static bool fill_sources(u32 word, DecodedOp& op) {
        if (imm3::get(word) > 4) return false;
        fill_extend(option::get(word), op);
        op.shift = static_cast<u8>(imm3::get(word));
        op.rn = source_or_sp(op, Rn::get(word));
        op.rm = source(op, Rm::get(word));
        return true;
    }
};
struct ExtendedRegFlags {
    using Fields = ExtendedReg::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        op.rd = result(op, Rd::get(word));
        return ExtendedReg::fill_sources(word, op);
    }
};

struct Reg2 {
    using Fields = Reads<Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source(op, Rn::get(word));
        op.rd = result(op, Rd::get(word));
        return true;
    }
};
struct Reg3 {
    using Fields = Reads<Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rm = source(op, Rm::get(word));
        return Reg2::fill(word, op);
    }
};
struct Reg4 {
    using Fields = Reads<Rm, Ra, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.ra = source(op, Ra::get(word));
        return Reg3::fill(word, op);
    }
};

// option: the condition.
struct CondSelect {
    using Fields = Reads<Rm, cond_select, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.option = static_cast<u8>(cond_select::get(word));
        return Reg3::fill(word, op);
    }
};

// option: the condition; shift: the four flags where it does not hold.
struct CondCompareReg {
    using Fields = Reads<Rm, cond_select, Rn, nzcv>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rm = source(op, Rm::get(word));
        fill_condition(word, op);
        return true;
    }
    static void fill_condition(u32 word, DecodedOp& op) {
        op.option = static_cast<u8>(cond_select::get(word));
        op.shift = static_cast<u8>(nzcv::get(word));
        op.rn = source(op, Rn::get(word));
    }
};
// As CondCompareReg; imm: the value compared with.
struct CondCompareImm {
    using Fields = Reads<imm5, cond_select, Rn, nzcv>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm5::get(word);
        CondCompareReg::fill_condition(word, op);
        return true;
    }
};

}  // namespace emu::operands
