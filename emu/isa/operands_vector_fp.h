// Operands of Advanced SIMD on floating-point elements. rd, rn, rm: numbers of V registers. option: log2 of the
// element size in bytes, as the row's last letter says it. shift: how much of a V register takes part (kVectorHalf,
// kVectorFull, kVectorScalar). `Update` forms read the destination too.
#pragma once

#include "emu/isa/operands_fp.h"
#include "emu/isa/operands_vector.h"

namespace emu::operands {

using H_index = At<FieldId::H, 11>;
using L_index_fp = At<FieldId::L, 21>;
using rot_multiply = At<FieldId::rot, 11>;
using rot_multiply_element = At<FieldId::rot, 13>;
using rot_add = At<FieldId::rot_add, 12>;
using constant_high = At<FieldId::abc, 16>;
using constant_low = At<FieldId::defgh, 5>;

inline void fill_fp_two(u32 word, unsigned size_log2, DecodedOp& op) {
    op.rn = v_source(op, Rn::get(word));
    op.rd = v_result(op, Rd::get(word));
    op.option = static_cast<u8>(size_log2);
}
inline void fill_fp_three(u32 word, unsigned size_log2, bool update, DecodedOp& op) {
    fill_fp_two(word, size_log2, op);
    op.rm = v_source(op, Rm::get(word));
    if (update) (void)v_source(op, Rd::get(word));
}
// Doublewords fill a whole register only: 1D is reserved.
[[nodiscard]] inline bool fill_fp_part(u32 word, DecodedOp& op) {
    op.shift = static_cast<u8>(Q::get(word));
    return op.option != 3 || op.shift == kVectorFull;
}

// Vd = f(Vn)
template <unsigned SizeLog2>
struct FpVectorTwo {
    using Fields = Reads<Q, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_two(word, SizeLog2, op);
        return fill_fp_part(word, op);
    }
};
// Of a whole register, or of element 0.
template <unsigned SizeLog2, u8 Part>
struct FpPartTwo {
    using Fields = Reads<Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_two(word, SizeLog2, op);
        op.shift = Part;
        return true;
    }
};
// Elements half as wide go to the half of Vd that Q tells, and leave the other where that is the low one.
struct FpNarrowTwo {
    using Fields = Reads<Q, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_two(word, 0, op);
        op.shift = static_cast<u8>(Q::get(word));
        if (op.shift != 0) (void)v_source(op, Rd::get(word));
        return true;
    }
};
// Elements twice as wide come from the half of Vn that Q tells.
struct FpLongTwo {
    using Fields = Reads<Q, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_two(word, 0, op);
        op.shift = static_cast<u8>(Q::get(word));
        return true;
    }
};
using FpVectorTwoH = FpVectorTwo<1>;
using FpVectorTwoS = FpVectorTwo<2>;
using FpVectorTwoD = FpVectorTwo<3>;
using FpScalarTwoH = FpPartTwo<1, kVectorScalar>;
using FpScalarTwoS = FpPartTwo<2, kVectorScalar>;
using FpScalarTwoD = FpPartTwo<3, kVectorScalar>;
using FpWholeTwoS = FpPartTwo<2, kVectorFull>;

// Vd = f(Vn, Vm)
template <unsigned SizeLog2, bool Update>
struct FpVectorThreeOf {
    using Fields = Reads<Q, Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_three(word, SizeLog2, Update, op);
        return fill_fp_part(word, op);
    }
};
template <unsigned SizeLog2, bool Update, u8 Part>
struct FpPartThree {
    using Fields = Reads<Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_three(word, SizeLog2, Update, op);
        op.shift = Part;
        return true;
    }
};
using FpVectorThreeH = FpVectorThreeOf<1, false>;
using FpVectorThreeS = FpVectorThreeOf<2, false>;
using FpVectorThreeD = FpVectorThreeOf<3, false>;
using FpVectorUpdateThreeH = FpVectorThreeOf<1, true>;
using FpVectorUpdateThreeS = FpVectorThreeOf<2, true>;
using FpVectorUpdateThreeD = FpVectorThreeOf<3, true>;
using FpScalarThreeH = FpPartThree<1, false, kVectorScalar>;
using FpScalarThreeS = FpPartThree<2, false, kVectorScalar>;
using FpScalarThreeD = FpPartThree<3, false, kVectorScalar>;
using FpWholeUpdateThreeS = FpPartThree<2, true, kVectorFull>;

// Vd = f(Vn, Vm[imm]). The index is H:L:M of halfwords, which leaves four bits for Vm; H:L of words or pairs of
// halfwords; H of doublewords.
inline void fill_fp_element(u32 word, unsigned index_bits, DecodedOp& op) {
    const u32 m = Rm::get(word);
    const u32 h = H_index::get(word);
    const u32 hl = h << 1 | L_index_fp::get(word);
    if (index_bits == 1) op.imm = h;
    else op.imm = index_bits == 2 ? hl : hl << 1 | m >> 4;
    op.rm = v_source(op, index_bits == 3 ? m & 15 : m);
}
inline void fill_fp_by_element(u32 word, unsigned size_log2, unsigned index_bits, bool update, DecodedOp& op) {
    fill_fp_two(word, size_log2, op);
    fill_fp_element(word, index_bits, op);
    if (update) (void)v_source(op, Rd::get(word));
}
template <unsigned SizeLog2, unsigned IndexBits, bool Update>
struct FpElement {
    using Fields = Reads<Q, L_index_fp, Rm, H_index, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_by_element(word, SizeLog2, IndexBits, Update, op);
        return fill_fp_part(word, op);
    }
};
template <unsigned SizeLog2, unsigned IndexBits, bool Update, u8 Part>
struct FpPartElement {
    using Fields = Reads<L_index_fp, Rm, H_index, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_by_element(word, SizeLog2, IndexBits, Update, op);
        op.shift = Part;
        return true;
    }
};
// Of doublewords, where L is zero.
template <bool Update>
struct FpVectorElementOfD {
    using Fields = Reads<Q, Rm, H_index, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_by_element(word, 3, 1, Update, op);
        return fill_fp_part(word, op);
    }
};
template <bool Update>
struct FpScalarElementOfD {
    using Fields = Reads<Rm, H_index, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_by_element(word, 3, 1, Update, op);
        op.shift = kVectorScalar;
        return true;
    }
};
using FpVectorElementH = FpElement<1, 3, false>;
using FpVectorElementS = FpElement<2, 2, false>;
using FpVectorElementD = FpVectorElementOfD<false>;
using FpVectorUpdateElementH = FpElement<1, 3, true>;
using FpVectorUpdateElementS = FpElement<2, 2, true>;
using FpVectorUpdateElementD = FpVectorElementOfD<true>;
using FpScalarElementH = FpPartElement<1, 3, false, kVectorScalar>;
using FpScalarElementS = FpPartElement<2, 2, false, kVectorScalar>;
using FpScalarElementD = FpScalarElementOfD<false>;
using FpScalarUpdateElementH = FpPartElement<1, 3, true, kVectorScalar>;
using FpScalarUpdateElementS = FpPartElement<2, 2, true, kVectorScalar>;
using FpScalarUpdateElementD = FpScalarElementOfD<true>;
// Words that are updated by products of halfwords.
using FpWholeUpdateElementH = FpPartElement<1, 3, true, kVectorFull>;

// Complex numbers, pairs of elements. imm: quarter turns of the second operand.
template <unsigned SizeLog2>
struct FpComplexAdd {
    using Fields = Reads<Q, Rm, rot_add, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_three(word, SizeLog2, false, op);
        op.imm = 1 + 2 * rot_add::get(word);
        return fill_fp_part(word, op);
    }
};
template <unsigned SizeLog2>
struct FpComplexMultiply {
    using Fields = Reads<Q, Rm, rot_multiply, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_three(word, SizeLog2, true, op);
        op.imm = rot_multiply::get(word);
        return fill_fp_part(word, op);
    }
};
// By one complex number of Vm; ra: its index. The low half of a register has two of halfwords.
struct FpComplexElementH {
    using Fields = Reads<Q, L_index_fp, Rm, rot_multiply_element, H_index, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_three(word, 1, true, op);
        op.imm = rot_multiply_element::get(word);
        op.ra = static_cast<u8>(H_index::get(word) << 1 | L_index_fp::get(word));
        return fill_fp_part(word, op) && (op.shift == kVectorFull || op.ra < 2);
    }
};
struct FpComplexElementS {
    using Fields = Reads<Rm, rot_multiply_element, H_index, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fp_three(word, 2, true, op);
        op.imm = rot_multiply_element::get(word);
        op.ra = static_cast<u8>(H_index::get(word));
        op.shift = kVectorFull;
        return true;
    }
};
using FpComplexAddH = FpComplexAdd<1>;
using FpComplexAddS = FpComplexAdd<2>;
using FpComplexAddD = FpComplexAdd<3>;
using FpComplexMultiplyH = FpComplexMultiply<1>;
using FpComplexMultiplyS = FpComplexMultiply<2>;
using FpComplexMultiplyD = FpComplexMultiply<3>;

// Fixed-point numbers of the element's size. imm: bits after the point; immh:immb is twice the size minus that.
template <unsigned SizeLog2>
struct FractionField;
template <>
struct FractionField<1> : std::type_identity<At<FieldId::imm4, 16>> {};
template <>
struct FractionField<2> : std::type_identity<At<FieldId::imm5, 16>> {};
template <>
struct FractionField<3> : std::type_identity<At<FieldId::imm6, 16>> {};

template <unsigned SizeLog2>
inline void fill_fixed(u32 word, DecodedOp& op) {
    fill_fp_two(word, SizeLog2, op);
    op.imm = (8u << SizeLog2) - FractionField<SizeLog2>::type::get(word);
}
template <unsigned SizeLog2>
struct FpVectorFixed {
    using Fields = Reads<Q, typename FractionField<SizeLog2>::type, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fixed<SizeLog2>(word, op);
        return fill_fp_part(word, op);
    }
};
template <unsigned SizeLog2>
struct FpScalarFixed {
    using Fields = Reads<typename FractionField<SizeLog2>::type, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_fixed<SizeLog2>(word, op);
        op.shift = kVectorScalar;
        return true;
    }
};
using FpVectorFixedH = FpVectorFixed<1>;
using FpVectorFixedS = FpVectorFixed<2>;
using FpVectorFixedD = FpVectorFixed<3>;
using FpScalarFixedH = FpScalarFixed<1>;
using FpScalarFixedS = FpScalarFixed<2>;
using FpScalarFixedD = FpScalarFixed<3>;

// imm: the constant in every element of 64 bits.
template <unsigned SizeLog2>
inline void fill_vector_constant(u32 word, DecodedOp& op) {
    constexpr unsigned kExponentBits = SizeLog2 == 1 ? 5 : SizeLog2 == 2 ? 8 : 11;
    constexpr unsigned kBits = 8u << SizeLog2;
    const u32 imm8 = constant_high::get(word) << 5 | constant_low::get(word);
    op.imm = expand_constant(imm8, kExponentBits, kBits - 1 - kExponentBits);
    for (unsigned bits = kBits; bits < 64; bits *= 2) op.imm |= op.imm << bits;
    op.rd = v_result(op, Rd::get(word));
}
template <unsigned SizeLog2>
struct FpVectorConstant {
    using Fields = Reads<Q, constant_high, constant_low, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_vector_constant<SizeLog2>(word, op);
        op.shift = static_cast<u8>(Q::get(word));
        return true;
    }
};
struct FpVectorConstantD {
    using Fields = Reads<constant_high, constant_low, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        fill_vector_constant<3>(word, op);
        op.shift = kVectorFull;
        return true;
    }
};
using FpVectorConstantH = FpVectorConstant<1>;
using FpVectorConstantS = FpVectorConstant<2>;

}  // namespace emu::operands
