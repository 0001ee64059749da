// Permutations, extraction and table lookup. Arm: C4.1, Advanced SIMD permute, extract, table lookup.
#include "emu/core/exec/simd_shapes.h"
#include "emu/core/exec/simd_shuffle.h"

namespace emu::exec {
namespace {

template <class Order, class T>
struct Permute {
    static void run(Pe& pe, const DecodedOp* op) { write_lanes(pe, op, reorder_active<Order, T>(pe, op)); }
};

[[nodiscard]] u128 joined(u64 low, u64 high) { return u128{high} << 64 | low; }

// Bytes of n:m from imm on.
void extract(Pe& pe, const DecodedOp* op) {
    const VectorRegister n = pe.v[op->rn];
    const VectorRegister m = pe.v[op->rm];
    const auto bits = static_cast<unsigned>(8 * op->imm);
    u128 result = joined(n.d[0], op->shift == operands::kVectorFull ? n.d[1] : m.d[0]) >> bits;
    if (op->shift == operands::kVectorFull && bits != 0) result |= joined(m.d[0], m.d[1]) << (128 - bits);
    pe.v[op->rd] = {{static_cast<u64>(result), op->shift == operands::kVectorFull ? static_cast<u64>(result >> 64) : 0}};
}

// Bytes of a table of registers at the indices in m; those outside leave what `result` holds.
void look_up(Pe& pe, const DecodedOp* op, Lanes<u8> result) {
    u8 table[64];
    for (unsigned r = 0; r < op->imm; ++r) std::memcpy(table + 16 * r, &pe.v[(op->rn + r) % 32u], 16);
    const Lanes<u8> indices = lanes_of<u8>(pe.v[op->rm]);
    for (unsigned i = 0; i < 16; ++i) {
        if (indices.lane[i] < 16 * op->imm) result.lane[i] = table[indices.lane[i]];
    }
    write_lanes(pe, op, result);
}
void table_lookup(Pe& pe, const DecodedOp* op) { look_up(pe, op, {}); }
void table_extension(Pe& pe, const DecodedOp* op) { look_up(pe, op, lanes_of<u8>(pe.v[op->rd])); }

}  // namespace

namespace bodies {

const VectorBodies ZIP1 = unsigned_bhsd<Permute, Zip<0>>();
const VectorBodies ZIP2 = unsigned_bhsd<Permute, Zip<1>>();
const VectorBodies UZP1 = unsigned_bhsd<Permute, Unzip<0>>();
const VectorBodies UZP2 = unsigned_bhsd<Permute, Unzip<1>>();
const VectorBodies TRN1 = unsigned_bhsd<Permute, Transpose<0>>();
const VectorBodies TRN2 = unsigned_bhsd<Permute, Transpose<1>>();
const VectorBodies EXT{{extract}};
const VectorBodies TBL{{table_lookup}};
const VectorBodies TBX{{table_extension}};

}  // namespace bodies

}  // namespace emu::exec
