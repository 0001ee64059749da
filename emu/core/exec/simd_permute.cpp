// Permutations, extraction and table lookup. Arm: C4.1, Advanced SIMD permute, extract, table lookup.
#include "emu/core/exec/simd_shapes.h"

namespace emu::exec {
namespace {

// Where result element i of `count` comes from: an element of n, or of m from `count` on.
template <unsigned Part>
struct Zip {
    static unsigned source(unsigned i, unsigned count) { return Part * count / 2 + i / 2 + (i % 2) * count; }
};
template <unsigned Part>
struct Unzip {
    static unsigned source(unsigned i, unsigned count) { return 2 * i + Part + 0 * count; }
};
template <unsigned Part>
struct Transpose {
    static unsigned source(unsigned i, unsigned count) { return (i & ~1u) + Part + (i % 2) * count; }
};
template <class Order, class T>
struct Permute {
    static void run(Pe& pe, const DecodedOp* op) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const Lanes<T> m = lanes_of<T>(pe.v[op->rm]);
        const unsigned count = active_lanes<T>(op);
        Lanes<T> result{};
        for (unsigned i = 0; i < count; ++i) {
            const unsigned from = Order::source(i, count);
            result.lane[i] = from < count ? n.lane[from] : m.lane[from - count];
        }
        write_lanes(pe, op, result);
    }
};

// Bytes of n:m from imm on.
void extract(Pe& pe, const DecodedOp* op) {
    const unsigned count = active_lanes<u8>(op);
    u8 bytes[32];
    std::memcpy(bytes, &pe.v[op->rn], 16);
    std::memcpy(bytes + count, &pe.v[op->rm], 16);
    Lanes<u8> result;
    std::memcpy(result.lane, bytes + op->imm, 16);
    write_lanes(pe, op, result);
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
