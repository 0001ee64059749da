// Sums of products of bytes: dot products and matrix products. Arm: FEAT_DotProd, FEAT_I8MM.
#include "emu/core/exec/simd_shapes.h"

namespace emu::exec {
namespace {

// Of `Count` bytes each, N and M being their types; never outside 32 bits.
template <class N, class M, unsigned Count>
[[nodiscard]] u32 sum_of_products(const N* n, const M* m) {
    i32 sum = 0;
    for (unsigned i = 0; i < Count; ++i) sum += i32{n[i]} * i32{m[i]};
    return static_cast<u32>(sum);
}

// Each word of d with the four bytes of n and m at its place.
template <class N, class M>
void add_dot(Pe& pe, const DecodedOp* op, const VectorRegister& last) {
    const Lanes<N> n = lanes_of<N>(pe.v[op->rn]);
    const Lanes<M> m = lanes_of<M>(last);
    Lanes<u32> result = lanes_of<u32>(pe.v[op->rd]);
    for (unsigned i = 0; i < 4; ++i) result.lane[i] += sum_of_products<N, M, 4>(n.lane + 4 * i, m.lane + 4 * i);
    write_lanes(pe, op, result);
}
template <class N, class M>
void dot(Pe& pe, const DecodedOp* op) {
    add_dot<N, M>(pe, op, pe.v[op->rm]);
}
template <class N, class M>
void dot_element(Pe& pe, const DecodedOp* op) {
    add_dot<N, M>(pe, op, broadcast<u32>(pe.v[op->rm], op->imm));
}

// n and m hold two rows of eight bytes; d, two by two words, gets each row of n times each row of m.
template <class N, class M>
void matrix(Pe& pe, const DecodedOp* op) {
    const Lanes<N> n = lanes_of<N>(pe.v[op->rn]);
    const Lanes<M> m = lanes_of<M>(pe.v[op->rm]);
    Lanes<u32> result = lanes_of<u32>(pe.v[op->rd]);
    for (unsigned i = 0; i < 4; ++i)
        result.lane[i] += sum_of_products<N, M, 8>(n.lane + 8 * (i / 2), m.lane + 8 * (i % 2));
    write_lanes(pe, op, result);
}

}  // namespace

namespace bodies {

const VectorBodies SDOT_vec{{dot<i8, i8>}};
const VectorBodies UDOT_vec{{dot<u8, u8>}};
const VectorBodies USDOT_vec{{dot<u8, i8>}};
const VectorBodies SDOT_elem{{dot_element<i8, i8>}};
const VectorBodies UDOT_elem{{dot_element<u8, u8>}};
const VectorBodies USDOT_elem{{dot_element<u8, i8>}};
const VectorBodies SUDOT_elem{{dot_element<i8, u8>}};
const VectorBodies SMMLA{{matrix<i8, i8>}};
const VectorBodies UMMLA{{matrix<u8, u8>}};
const VectorBodies USMMLA{{matrix<u8, i8>}};

}  // namespace bodies

}  // namespace emu::exec
