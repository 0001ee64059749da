// Operands of Advanced SIMD on integer elements. rd, rn, rm: numbers of V registers. option: log2 of the element
// size, of the narrower elements where there are two. shift: how much of a V register takes part, VectorPart.
// `Update` forms read the destination too.
#pragma once

#include <bit>
#include <type_traits>

#include "emu/isa/operands_vector.h"

namespace emu::operands {

using H = At<FieldId::H, 11>;
using L_index = At<FieldId::L, 21>;
using abc = At<FieldId::abc, 16>;
using defgh = At<FieldId::defgh, 5>;
using shift_32 = At<FieldId::shift_32, 13>;
using shift_16 = At<FieldId::shift_16, 13>;
using shift_msl = At<FieldId::shift_msl, 12>;
using imm4_extract = At<FieldId::imm4, 11>;
using imm5_copy = At<FieldId::imm5, 16>;
using table_length = At<FieldId::len, 13>;
using immb_8 = At<FieldId::imm3, 16>;
using immb_16 = At<FieldId::imm4, 16>;
using immb_32 = At<FieldId::imm5, 16>;
using immb_64 = At<FieldId::imm6, 16>;

// Sets of element sizes, bit n for 1 << n bytes.
inline constexpr unsigned kSizeB = 1, kSizeH = 2, kSizeS = 4, kSizeD = 8;
inline constexpr unsigned kSizesBHS = 7, kSizesHS = 6, kSizesBH = 3, kSizesBHSD = 15;

// Elements of a doubleword fill a whole register only: 1D is reserved.
[[nodiscard]] inline bool fill_arrangement(u32 word, unsigned sizes, DecodedOp& op) {
    op.option = static_cast<u8>(size::get(word));
    op.shift = static_cast<u8>(Q::get(word));
    return (sizes >> op.option & 1) != 0 && !(op.option == 3 && op.shift == 0);
}
[[nodiscard]] inline bool fill_scalar(u32 word, unsigned sizes, DecodedOp& op) {
    op.option = static_cast<u8>(size::get(word));
    op.shift = kVectorScalar;
    return (sizes >> op.option & 1) != 0;
}
inline void fill_two(u32 word, DecodedOp& op) {
    op.rn = v_source(op, Rn::get(word));
    op.rd = v_result(op, Rd::get(word));
}
inline void fill_three(u32 word, DecodedOp& op) {
    op.rn = v_source(op, Rn::get(word));
    op.rm = v_source(op, Rm::get(word));
    op.rd = v_result(op, Rd::get(word));
}
inline void fill_update(u32 word, bool update, DecodedOp& op) {
    if (update) (void)v_source(op, Rd::get(word));
}

// Vd = f(Vn, Vm)
template <unsigned Sizes, bool Update = false>
struct VectorThree {
    using Fields = Reads<Q, size, Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_three(word, op);
        fill_update(word, Update, op);
        return fill_arrangement(word, Sizes, op);
    }
};
template <unsigned Sizes, bool Update = false>
struct ScalarThree {
    using Fields = Reads<size, Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_three(word, op);
        fill_update(word, Update, op);
        return fill_scalar(word, Sizes, op);
    }
};
// The size is part of the opcode.
template <unsigned Size, bool Update = false>
struct VectorThreeOf {
    using Fields = Reads<Q, Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_three(word, op);
        fill_update(word, Update, op);
        op.option = Size;
        op.shift = static_cast<u8>(Q::get(word));
        return true;
    }
};
// Whole registers only.
struct VectorMatrix {
    using Fields = Reads<Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_three(word, op);
        fill_update(word, true, op);
        op.shift = kVectorFull;
        return true;
    }
};
// Narrow results go to the half that Q tells, and leave the other where that is the low one.
template <unsigned Sizes>
struct VectorThreeNarrow {
    using Fields = Reads<Q, size, Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_three(word, op);
        fill_update(word, Q::get(word) != 0, op);
        return fill_arrangement(word, Sizes, op);
    }
};
using VectorThreeBHSD = VectorThree<kSizesBHSD>;
using VectorThreeBHS = VectorThree<kSizesBHS>;
using VectorThreeHS = VectorThree<kSizesHS>;
using VectorThreeB = VectorThree<kSizeB>;
using VectorThreeS = VectorThree<kSizeS>;
using VectorUpdateThreeBHS = VectorThree<kSizesBHS, true>;
using VectorUpdateThreeHS = VectorThree<kSizesHS, true>;
using VectorNarrowThreeBHS = VectorThreeNarrow<kSizesBHS>;
using ScalarThreeBHSD = ScalarThree<kSizesBHSD>;
using ScalarThreeD = ScalarThree<kSizeD>;
using ScalarThreeHS = ScalarThree<kSizesHS>;
using ScalarUpdateThreeHS = ScalarThree<kSizesHS, true>;
using VectorThreeBytes = VectorThreeOf<0>;
using VectorUpdateThreeBytes = VectorThreeOf<0, true>;

// Vd = f(Vn)
template <unsigned Sizes, bool Update = false>
struct VectorTwo {
    using Fields = Reads<Q, size, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        fill_update(word, Update, op);
        return fill_arrangement(word, Sizes, op);
    }
};
template <unsigned Sizes, bool Update = false>
struct ScalarTwo {
    using Fields = Reads<size, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        fill_update(word, Update, op);
        return fill_scalar(word, Sizes, op);
    }
};
template <unsigned Sizes>
struct VectorTwoNarrow {
    using Fields = Reads<Q, size, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        fill_update(word, Q::get(word) != 0, op);
        return fill_arrangement(word, Sizes, op);
    }
};
// The size is part of the opcode.
template <unsigned Size>
struct VectorTwoOf {
    using Fields = Reads<Q, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        op.option = Size;
        op.shift = static_cast<u8>(Q::get(word));
        return true;
    }
};
// imm: the element size in bits, by which SHLL shifts.
struct VectorShiftBySize {
    using Fields = Reads<Q, size, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        if (!fill_arrangement(word, kSizesBHS, op)) return false;
        op.imm = 8u << op.option;
        return true;
    }
};
// Across the lanes: words only of a whole register.
struct VectorAcross {
    using Fields = Reads<Q, size, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        return fill_arrangement(word, kSizesBHS, op) && !(op.option == 2 && op.shift == 0);
    }
};
struct PairOfDoublewords {
    using Fields = Reads<Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        op.option = 3;
        op.shift = kVectorScalar;
        return true;
    }
};
using VectorTwoBHSD = VectorTwo<kSizesBHSD>;
using VectorTwoBHS = VectorTwo<kSizesBHS>;
using VectorTwoBH = VectorTwo<kSizesBH>;
using VectorTwoB = VectorTwo<kSizeB>;
using VectorUpdateTwoBHSD = VectorTwo<kSizesBHSD, true>;
using VectorUpdateTwoBHS = VectorTwo<kSizesBHS, true>;
using VectorNarrowTwoBHS = VectorTwoNarrow<kSizesBHS>;
using VectorTwoBytes = VectorTwoOf<0>;
using VectorTwoWords = VectorTwoOf<2>;
using ScalarTwoBHSD = ScalarTwo<kSizesBHSD>;
using ScalarTwoBHS = ScalarTwo<kSizesBHS>;
using ScalarTwoD = ScalarTwo<kSizeD>;
using ScalarUpdateTwoBHSD = ScalarTwo<kSizesBHSD, true>;

// Vd = f(Vn, Vm[imm]). A halfword's index is H:L:M, which leaves four bits for Vm; a word's is H:L.
inline void fill_element(u32 word, DecodedOp& op) {
    const u32 m = Rm::get(word);
    const u32 index = H::get(word) << 1 | L_index::get(word);
    const bool halfwords = op.option == 1;
    op.imm = halfwords ? index << 1 | m >> 4 : index;
    op.rm = v_source(op, halfwords ? m & 15 : m);
}
template <bool Update>
struct VectorElement {
    using Fields = Reads<Q, size, L_index, Rm, H, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        fill_update(word, Update, op);
        if (!fill_arrangement(word, kSizesHS, op)) return false;
        fill_element(word, op);
        return true;
    }
};
template <bool Update>
struct ScalarElement {
    using Fields = Reads<size, L_index, Rm, H, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        fill_update(word, Update, op);
        if (!fill_scalar(word, kSizesHS, op)) return false;
        fill_element(word, op);
        return true;
    }
};
// imm: the group of four bytes.
struct VectorGroup {
    using Fields = Reads<Q, L_index, Rm, H, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        fill_update(word, true, op);
        op.shift = static_cast<u8>(Q::get(word));
        fill_element(word, op);
        return true;
    }
};
using VectorByElement = VectorElement<false>;
using VectorUpdateByElement = VectorElement<true>;
using ScalarByElement = ScalarElement<false>;
using ScalarUpdateByElement = ScalarElement<true>;

// Shifts by immediate. imm: the amount; immh:immb is `bits + amount` to the left, `2 * bits - amount` to the right.
enum class ShiftTo : u8 { Left, Right };
enum class ShiftForm : u8 { Plain, Update, Narrow };

template <unsigned SizeLog2>
struct ShiftField;
template <>
struct ShiftField<0> : std::type_identity<immb_8> {};
template <>
struct ShiftField<1> : std::type_identity<immb_16> {};
template <>
struct ShiftField<2> : std::type_identity<immb_32> {};
template <>
struct ShiftField<3> : std::type_identity<immb_64> {};

template <unsigned SizeLog2, ShiftTo To>
void fill_shift(u32 word, DecodedOp& op) {
    const u32 field = ShiftField<SizeLog2>::type::get(word);
    op.option = SizeLog2;
    op.imm = To == ShiftTo::Left ? field : (8u << SizeLog2) - field;
}
template <unsigned SizeLog2, ShiftTo To, ShiftForm Form = ShiftForm::Plain>
struct VectorShift {
    using Fields = Reads<Q, typename ShiftField<SizeLog2>::type, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        fill_shift<SizeLog2, To>(word, op);
        op.shift = static_cast<u8>(Q::get(word));
        fill_update(word, Form == ShiftForm::Update || (Form == ShiftForm::Narrow && op.shift != 0), op);
        return SizeLog2 != 3 || op.shift != 0;
    }
};
template <unsigned SizeLog2, ShiftTo To, ShiftForm Form = ShiftForm::Plain>
struct ScalarShift {
    using Fields = Reads<typename ShiftField<SizeLog2>::type, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_two(word, op);
        fill_update(word, Form == ShiftForm::Update, op);
        fill_shift<SizeLog2, To>(word, op);
        op.shift = kVectorScalar;
        return true;
    }
};
template <unsigned SizeLog2>
using ShiftLeftVector = VectorShift<SizeLog2, ShiftTo::Left>;
template <unsigned SizeLog2>
using ShiftLeftUpdateVector = VectorShift<SizeLog2, ShiftTo::Left, ShiftForm::Update>;
template <unsigned SizeLog2>
using ShiftRightVector = VectorShift<SizeLog2, ShiftTo::Right>;
template <unsigned SizeLog2>
using ShiftRightUpdateVector = VectorShift<SizeLog2, ShiftTo::Right, ShiftForm::Update>;
template <unsigned SizeLog2>
using ShiftNarrowVector = VectorShift<SizeLog2, ShiftTo::Right, ShiftForm::Narrow>;
template <unsigned SizeLog2>
using ShiftLeftScalar = ScalarShift<SizeLog2, ShiftTo::Left>;
template <unsigned SizeLog2>
using ShiftLeftUpdateScalar = ScalarShift<SizeLog2, ShiftTo::Left, ShiftForm::Update>;
template <unsigned SizeLog2>
using ShiftRightScalar = ScalarShift<SizeLog2, ShiftTo::Right>;
template <unsigned SizeLog2>
using ShiftRightUpdateScalar = ScalarShift<SizeLog2, ShiftTo::Right, ShiftForm::Update>;

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
