// V registers as arrays of elements, and how results of a part of a register are written.
#pragma once

#include <type_traits>

#include "emu/core/exec/vector.h"
#include "emu/isa/operands_vector.h"

namespace emu::exec {

using i8 = std::int8_t;
using i16 = std::int16_t;

template <class T>
struct alignas(16) Lanes {
    static constexpr unsigned kCount = 16 / sizeof(T);
    T lane[kCount];
};
template <class T>
[[nodiscard]] EXEC_INLINE Lanes<T> lanes_of(const VectorRegister& v) {
    return std::bit_cast<Lanes<T>>(v);
}
template <class T>
[[nodiscard]] EXEC_INLINE VectorRegister register_of(const Lanes<T>& lanes) {
    return std::bit_cast<VectorRegister>(lanes);
}

// Calls function(T{}) for the unsigned type T of the elements, by op->option.
template <class Function>
EXEC_INLINE auto for_element_size(const DecodedOp* op, Function function) {
    switch (op->option) {
        case 0: return function(u8{});
        case 1: return function(u16{});
        case 2: return function(u32{});
        default: return function(u64{});
    }
}

// Elements of T that the operation works on: see kVectorHalf.
template <class T>
[[nodiscard]] EXEC_INLINE unsigned active_lanes(const DecodedOp* op) {
    if (op->shift == operands::kVectorScalar) return 1;
    return (8u << op->shift) / static_cast<unsigned>(sizeof(T));
}

// Calls function(i) for them. Whole registers have their own loop, of constant length.
template <class T, class Function>
EXEC_INLINE void for_active_lanes(const DecodedOp* op, Function function) {
    if (op->shift == operands::kVectorFull) {
        for (unsigned i = 0; i < Lanes<T>::kCount; ++i) function(i);
    } else {
        for (unsigned i = 0; i < active_lanes<T>(op); ++i) function(i);
    }
}

// Results are computed for all lanes where that has no side effect: the inactive ones go here.
template <class T>
EXEC_INLINE void write_lanes(Pe& pe, const DecodedOp* op, const Lanes<T>& result) {
    VectorRegister value = register_of(result);
    if (op->shift != operands::kVectorFull) value.d[1] = 0;
    if (op->shift == operands::kVectorScalar) value.d[0] &= arch::low_mask(8 * sizeof(T));
    pe.v[op->rd] = value;
}
// Results of half the operands' size: the low half of Vd, or the high half beside what is there (names in "2").
template <class T>
EXEC_INLINE void write_narrow_lanes(Pe& pe, const DecodedOp* op, const Lanes<T>& result) {
    if (op->shift == operands::kVectorFull) pe.v[op->rd].d[1] = register_of(result).d[0];
    else write_lanes(pe, op, result);
}

// The half of the elements that a widening operation reads begins here.
template <class T>
[[nodiscard]] EXEC_INLINE unsigned first_widened(const DecodedOp* op) {
    return op->shift == operands::kVectorFull ? 8 / sizeof(T) : 0;
}
template <class T>
[[nodiscard]] EXEC_INLINE unsigned widened_lanes(const DecodedOp* op) {
    return op->shift == operands::kVectorScalar ? 1 : 8 / sizeof(T);
}
// Widened results fill the register, but for scalars.
template <class T>
EXEC_INLINE void write_widened(Pe& pe, const DecodedOp* op, const Lanes<T>& result) {
    if (op->shift == operands::kVectorScalar) write_scalar(pe.v[op->rd], result.lane[0]);
    else pe.v[op->rd] = register_of(result);
}

// Arm: FPSR.QC, set where a result was saturated.
inline constexpr u32 kFpsrQc = u32{1} << 27;
EXEC_INLINE void note_saturation(Pe& pe, bool saturated) { pe.fpsr |= saturated ? kFpsrQc : 0; }

// All lanes the element `index` of `v`.
template <class T>
[[nodiscard]] EXEC_INLINE VectorRegister broadcast(const VectorRegister& v, u64 index) {
    Lanes<T> out;
    const T value = element<T>(v, static_cast<unsigned>(index));
    for (T& lane : out.lane) lane = value;
    return register_of(out);
}

}  // namespace emu::exec
