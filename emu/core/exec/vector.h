// What handlers of SIMD and floating point share.
#pragma once

#include <bit>
#include <cstring>

#include "emu/core/exceptions.h"
#include "emu/core/exec/operations.h"

// Head of a SIMD or floating-point handler: as EXEC, behind the check of CPACR_EL1.FPEN. Arm: CheckFPEnabled64.
#define EXEC_FP(name)                                                                               \
    template <class Mode>                                                                           \
    EXEC_INLINE void name##_enabled(Pe&, const DecodedOp*);                                         \
    EXEC(name) {                                                                                    \
        if (!pe.fp_enabled) [[unlikely]] return raise_fp_access_trap<Mode>(pe, op);                 \
        return name##_enabled<Mode>(pe, op);                                                        \
    }                                                                                               \
    template <class Mode>                                                                           \
    EXEC_INLINE void name##_enabled([[maybe_unused]] Pe& pe, [[maybe_unused]] const DecodedOp* op)

namespace emu::exec {

// Out of line, so that the request is no local variable of every handler.
template <class Mode>
[[gnu::noinline, gnu::cold]] void raise_fp_access_trap(Pe& pe, const DecodedOp* op) {
    return Mode::raise(pe, op, fp_access_trap());
}

static_assert(std::endian::native == std::endian::little, "elements of V registers are read where the host has them");

// Element `index` of a V register, seen as elements of T.
template <class T>
[[nodiscard]] EXEC_INLINE T element(const VectorRegister& v, unsigned index) {
    T out;
    std::memcpy(&out, reinterpret_cast<const u8*>(v.d) + index * sizeof(T), sizeof(T));
    return out;
}
template <class T>
EXEC_INLINE void set_element(VectorRegister& v, unsigned index, T value) {
    std::memcpy(reinterpret_cast<u8*>(v.d) + index * sizeof(T), &value, sizeof(T));
}
// Writes a scalar result: the rest of the register becomes zero. Arm: V[d] = ZeroExtend(result).
template <class T>
EXEC_INLINE void write_scalar(VectorRegister& v, T value) {
    v = {};
    set_element(v, 0, value);
}

}  // namespace emu::exec
