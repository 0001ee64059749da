// Shapes of loads and stores: where the address comes from and what becomes of the base register.
#pragma once

#include "emu/core/exec/operations.h"
#include "emu/core/exceptions.h"
#include "emu/core/memory_access.h"

namespace emu::exec {

using i8 = std::int8_t;
using i16 = std::int16_t;

// A misaligned SP as base faults before anything else. Arm: CheckSPAlignment.
template <class Mode>
[[nodiscard]] EXEC_INLINE bool base_is_aligned(Pe& pe, const DecodedOp* op) {
    if ((pe.x[kRegSp] & pe.sp_alignment_mask) == 0 || op->rn != kRegSp) [[likely]] return true;
    Mode::raise_sp_alignment(pe, op);
    return false;
}

// Addressing forms. `address` is where the access goes; `write_back` is the base's change once it succeeded.
struct Offset {
    EXEC_INLINE static u64 address(const Pe& pe, const DecodedOp* op) { return pe.x[op->rn] + op->imm; }
    EXEC_INLINE static void write_back(Pe&, const DecodedOp*) {}
};
struct RegisterOffset {
    EXEC_INLINE static u64 address(const Pe& pe, const DecodedOp* op) { return pe.x[op->rn] + extended(pe.x[op->rm], op); }
    EXEC_INLINE static void write_back(Pe&, const DecodedOp*) {}
};
struct PreIndex {
    EXEC_INLINE static u64 address(const Pe& pe, const DecodedOp* op) { return pe.x[op->rn] + op->imm; }
    EXEC_INLINE static void write_back(Pe& pe, const DecodedOp* op) { pe.x[op->rn] += op->imm; }
};
struct PostIndex {
    EXEC_INLINE static u64 address(const Pe& pe, const DecodedOp* op) { return pe.x[op->rn]; }
    EXEC_INLINE static void write_back(Pe& pe, const DecodedOp* op) { pe.x[op->rn] += op->imm; }
};

// Accesses of T in one element. `must_align`: ordered, exclusive and atomic ones.
template <class T>
[[nodiscard]] constexpr AccessSpec element_spec(mmu::AccessKind kind, bool must_align = false, bool unprivileged = false) {
    return {sizeof(T), sizeof(T), kind, must_align, unprivileged};
}

// Extends a loaded value to Result, with its sign where T has one, and that to 64 bits with zeroes.
template <class Result, class T>
[[nodiscard]] constexpr u64 extended_to(T value) {
    return static_cast<u64>(static_cast<Result>(value));
}

// T is what memory holds (signed where the load extends the sign), Result the width it is extended to.
template <class Mode, class Address, class T, class Result>
EXEC_INLINE void load_register(Pe& pe, const DecodedOp* op, AccessSpec spec) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    T value{};
    if (!Mode::template load<T>(pe, op, Address::address(pe, op), value, spec)) return Mode::leave(pe, op);
    Address::write_back(pe, op);
    pe.x[op->rd] = extended_to<Result>(value);
    return Mode::next(pe, op);
}

template <class Mode, class Address, class T>
EXEC_INLINE void store_register(Pe& pe, const DecodedOp* op, AccessSpec spec) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    if (!Mode::template store<T>(pe, op, Address::address(pe, op), static_cast<T>(pe.x[op->rd]), spec))
        return Mode::leave(pe, op);
    Address::write_back(pe, op);
    return Mode::next(pe, op);
}

template <class Mode, class Address, class T, class Result>
EXEC_INLINE void load_registers(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    T first{};
    T second{};
    if (!Mode::template load_pair<T>(pe, op, Address::address(pe, op), first, second)) return Mode::leave(pe, op);
    Address::write_back(pe, op);
    pe.x[op->rd] = extended_to<Result>(first);
    pe.x[op->ra] = extended_to<Result>(second);
    return Mode::next(pe, op);
}

template <class Mode, class Address, class T>
EXEC_INLINE void store_registers(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    const T first = static_cast<T>(pe.x[op->rd]);
    const T second = static_cast<T>(pe.x[op->ra]);
    if (!Mode::template store_pair<T>(pe, op, Address::address(pe, op), first, second)) return Mode::leave(pe, op);
    Address::write_back(pe, op);
    return Mode::next(pe, op);
}

}  // namespace emu::exec
