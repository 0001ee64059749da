// Operands of Advanced SIMD on integer elements. rd, rn, rm: numbers of V registers. option: log2 of the element
// size, of the narrower elements where there are two. shift: how much of a V register takes part, VectorPart.
// `Update` forms read the destination too.
#pragma once

#include <type_traits>

#include "emu/isa/operands_vector.h"

namespace emu::operands {

using H = At<FieldId::H, 11>;
using L_index = At<FieldId::L, 21>;
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

}  // namespace emu::operands
