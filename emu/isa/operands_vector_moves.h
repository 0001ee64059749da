// Operands of moves of vector elements, permutations of bytes and modified immediates. rd, rn, rm: numbers of V
// registers, where not said otherwise; option and shift as in operands_vector_integer.h.
#pragma once

#include <bit>

#include "emu/isa/operands_vector_integer.h"

namespace emu::operands {

using abc = At<FieldId::abc, 16>;
using defgh = At<FieldId::defgh, 5>;
using shift_32 = At<FieldId::shift_32, 13>;
using shift_16 = At<FieldId::shift_16, 13>;
using shift_msl = At<FieldId::shift_msl, 12>;
using imm4_extract = At<FieldId::imm4, 11>;
using imm5_copy = At<FieldId::imm5, 16>;
using table_length = At<FieldId::len, 13>;

// imm: the first byte taken from Vn.
struct VectorExtract {
    using Fields = Reads<Q, Rm, imm4_extract, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_three(word, op);
        op.shift = static_cast<u8>(Q::get(word));
        op.imm = imm4_extract::get(word);
        return op.shift != 0 || op.imm < 8;
    }
};

// imm: number of registers of the table, which go on from V31 to V0.
template <bool Update>
struct VectorTable {
    using Fields = Reads<Q, Rm, table_length, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_three(word, op);
        fill_update(word, Update, op);
        op.shift = static_cast<u8>(Q::get(word));
        op.imm = table_length::get(word) + 1;
        for (unsigned i = 1; i < op.imm; ++i) (void)v_source(op, (Rn::get(word) + i) % 32);
        return true;
    }
};
using TableLookup = VectorTable<false>;
using TableExtension = VectorTable<true>;

// Moves of elements. The lowest set bit of imm5 is the size, the bits above it the index, in imm.
[[nodiscard]] inline bool fill_copy(u32 word, unsigned sizes, DecodedOp& op) {
    const u32 size_and_index = imm5_copy::get(word);
    op.option = static_cast<u8>(std::countr_zero(size_and_index | 16u));
    op.imm = size_and_index >> (op.option + 1u);
    return (sizes >> op.option & 1) != 0;
}
struct DuplicateElement {
    using Fields = Reads<Q, imm5_copy, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        op.shift = static_cast<u8>(Q::get(word));
        return fill_copy(word, kSizesBHSD, op) && !(op.option == 3 && op.shift == 0);
    }
};
struct DuplicateScalar {
    using Fields = Reads<imm5_copy, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        op.shift = kVectorScalar;
        return fill_copy(word, kSizesBHSD, op);
    }
};
// rn: an X register.
struct DuplicateGeneral {
    using Fields = Reads<Q, imm5_copy, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source(op, Rn::get(word));
        op.rd = v_result(op, Rd::get(word));
        op.shift = static_cast<u8>(Q::get(word));
        return fill_copy(word, kSizesBHSD, op) && !(op.option == 3 && op.shift == 0);
    }
};
struct InsertGeneral {
    using Fields = Reads<imm5_copy, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source(op, Rn::get(word));
        fill_update(word, true, op);
        op.rd = v_result(op, Rd::get(word));
        op.shift = kVectorFull;
        return fill_copy(word, kSizesBHSD, op);
    }
};
// ra: index of the source element. Bits of imm4 below it are ignored.
struct InsertElement {
    using Fields = Reads<imm5_copy, imm4_extract, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        fill_update(word, true, op);
        op.shift = kVectorFull;
        if (!fill_copy(word, kSizesBHSD, op)) return false;
        op.ra = static_cast<u8>(imm4_extract::get(word) >> op.option);
        return true;
    }
};
// rd: an X register.
template <unsigned Sizes>
struct MoveElement {
    using Fields = Reads<imm5_copy, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = v_source(op, Rn::get(word));
        op.rd = result(op, Rd::get(word));
        return fill_copy(word, Sizes, op);
    }
};
using MoveElementBH = MoveElement<kSizesBH>;
using MoveElementBHS = MoveElement<kSizesBHS>;
using MoveElementD = MoveElement<kSizeD>;

// Modified immediates. imm: the doubleword that AdvSIMDExpandImm() gives, inverted where the instruction does that.
[[nodiscard]] inline u64 modified_byte(u32 word) { return u64{abc::get(word)} << 5 | defgh::get(word); }
[[nodiscard]] constexpr u64 repeated_word(u64 value) { return value << 32 | value; }
[[nodiscard]] constexpr u64 repeated_halfword(u64 value) { return value * 0x0001'0001'0001'0001; }
[[nodiscard]] constexpr u64 repeated_byte(u64 value) { return value * 0x0101'0101'0101'0101; }

struct ModifiedWord {
    using Shift = shift_32;
    static u64 expand(u32 word) { return repeated_word(modified_byte(word) << (8 * Shift::get(word))); }
};
struct ModifiedHalfword {
    using Shift = shift_16;
    static u64 expand(u32 word) { return repeated_halfword(modified_byte(word) << (8 * Shift::get(word))); }
};
// Shifted left with ones.
struct ModifiedOnes {
    using Shift = shift_msl;
    static u64 expand(u32 word) {
        const unsigned shift = 8 + 8 * Shift::get(word);
        return repeated_word(modified_byte(word) << shift | arch::low_mask(shift));
    }
};
template <class Expansion, bool Inverted, bool Update = false>
struct ModifiedImmediate {
    using Fields = Reads<Q, abc, typename Expansion::Shift, defgh, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_update(word, Update, op);
        op.rd = v_result(op, Rd::get(word));
        op.shift = static_cast<u8>(Q::get(word));
        op.imm = Inverted ? ~Expansion::expand(word) : Expansion::expand(word);
        return true;
    }
};
using MoveWords = ModifiedImmediate<ModifiedWord, false>;
using MoveHalfwords = ModifiedImmediate<ModifiedHalfword, false>;
using MoveOnes = ModifiedImmediate<ModifiedOnes, false>;
using MoveNotWords = ModifiedImmediate<ModifiedWord, true>;
using MoveNotHalfwords = ModifiedImmediate<ModifiedHalfword, true>;
using MoveNotOnes = ModifiedImmediate<ModifiedOnes, true>;
using OrWords = ModifiedImmediate<ModifiedWord, false, true>;
using OrHalfwords = ModifiedImmediate<ModifiedHalfword, false, true>;
using ClearWords = ModifiedImmediate<ModifiedWord, true, true>;
using ClearHalfwords = ModifiedImmediate<ModifiedHalfword, true, true>;

struct MoveBytes {
    using Fields = Reads<Q, abc, defgh, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rd = v_result(op, Rd::get(word));
        op.shift = static_cast<u8>(Q::get(word));
        op.imm = repeated_byte(modified_byte(word));
        return true;
    }
};
// Each bit of the immediate is a byte of the doubleword.
struct MoveByteMask {
    using Fields = MoveBytes::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        MoveBytes::fill(word, op);
        op.imm = 0;
        for (unsigned i = 0; i < 8; ++i) op.imm |= (modified_byte(word) >> i & 1) * (u64{0xff} << (8 * i));
        return true;
    }
};

}  // namespace emu::operands
