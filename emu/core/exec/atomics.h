// Large System Extension atomics. Arm: C4.1, "Atomic memory operations", "Compare and swap".
#pragma once

#include <algorithm>
#include <cstring>

#include "emu/core/exec/memory_shapes.h"

namespace emu::exec {

template <class T>
inline constexpr AccessSpec kAtomic = element_spec<T>(mmu::AccessKind::Atomic, true);

template <class T>
[[nodiscard]] inline T get(const u8* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
template <class T>
inline void put(u8* to, T value) {
    std::memcpy(to, &value, sizeof value);
}

#define ATOMIC_OPERATION(name, expression)                 \
    struct name {                                          \
        template <class T>                                 \
        EXEC_INLINE static T apply([[maybe_unused]] T old, T operand) { \
            return static_cast<T>(expression);             \
        }                                                  \
    };
ATOMIC_OPERATION(AtomicAdd, old + operand)
ATOMIC_OPERATION(AtomicClear, old & ~operand)
ATOMIC_OPERATION(AtomicXor, old ^ operand)
ATOMIC_OPERATION(AtomicSet, old | operand)
ATOMIC_OPERATION(AtomicSignedMax, std::max(static_cast<Signed<T>>(old), static_cast<Signed<T>>(operand)))
ATOMIC_OPERATION(AtomicSignedMin, std::min(static_cast<Signed<T>>(old), static_cast<Signed<T>>(operand)))
ATOMIC_OPERATION(AtomicUnsignedMax, std::max(old, operand))
ATOMIC_OPERATION(AtomicUnsignedMin, std::min(old, operand))
ATOMIC_OPERATION(AtomicSwap, operand)
#undef ATOMIC_OPERATION

template <class Mode, class T, class Operation>
EXEC_INLINE void read_modify_write(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    u8* host = Mode::atomic(pe, op, pe.x[op->rn], kAtomic<T>);
    if (host == nullptr) return Mode::leave(pe, op);
    const T old = get<T>(host);
    put<T>(host, Operation::template apply<T>(old, static_cast<T>(pe.x[op->rm])));
    pe.x[op->rd] = old;
    return Mode::next(pe, op);
}

#define ATOMICS(stem, Operation)                                                      \
    EXEC(stem##_8) { return read_modify_write<Mode, u8, Operation>(pe, op); }         \
    EXEC(stem##_16) { return read_modify_write<Mode, u16, Operation>(pe, op); }       \
    EXEC(stem##_32) { return read_modify_write<Mode, u32, Operation>(pe, op); }       \
    EXEC(stem##_64) { return read_modify_write<Mode, u64, Operation>(pe, op); }
ATOMICS(LDADD, AtomicAdd)
ATOMICS(LDCLR, AtomicClear)
ATOMICS(LDEOR, AtomicXor)
ATOMICS(LDSET, AtomicSet)
ATOMICS(LDSMAX, AtomicSignedMax)
ATOMICS(LDSMIN, AtomicSignedMin)
ATOMICS(LDUMAX, AtomicUnsignedMax)
ATOMICS(LDUMIN, AtomicUnsignedMin)
ATOMICS(SWP, AtomicSwap)
#undef ATOMICS

// A compare that fails still needs write permission, and writes back what it read.
template <class Mode, class T>
EXEC_INLINE void compare_and_swap(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    u8* host = Mode::atomic(pe, op, pe.x[op->rn], kAtomic<T>);
    if (host == nullptr) return Mode::leave(pe, op);
    const T old = get<T>(host);
    if (old == static_cast<T>(pe.x[op->rm])) put<T>(host, static_cast<T>(pe.x[op->rd]));
    pe.x[op->ra] = old;
    return Mode::next(pe, op);
}
EXEC(CAS_8) { return compare_and_swap<Mode, u8>(pe, op); }
EXEC(CAS_16) { return compare_and_swap<Mode, u16>(pe, op); }
EXEC(CAS_32) { return compare_and_swap<Mode, u32>(pe, op); }
EXEC(CAS_64) { return compare_and_swap<Mode, u64>(pe, op); }

// Registers of the pairs, see the operand struct: compare x[rm]:x[ra], new x[rd]:x[shift], old to x[rm]:x[imm].
template <class Mode, class T>
EXEC_INLINE void compare_and_swap_pair(Pe& pe, const DecodedOp* op) {
    constexpr AccessSpec kPair{2 * sizeof(T), 2 * sizeof(T), mmu::AccessKind::Atomic, true, false};
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    u8* host = Mode::atomic(pe, op, pe.x[op->rn], kPair);
    if (host == nullptr) return Mode::leave(pe, op);
    const T first = get<T>(host);
    const T second = get<T>(host + sizeof(T));
    if (first == static_cast<T>(pe.x[op->rm]) && second == static_cast<T>(pe.x[op->ra])) {
        put<T>(host, static_cast<T>(pe.x[op->rd]));
        put<T>(host + sizeof(T), static_cast<T>(pe.x[op->shift]));
    }
    pe.x[op->rm] = first;
    pe.x[op->imm] = second;
    return Mode::next(pe, op);
}
EXEC(CASP_32) { return compare_and_swap_pair<Mode, u32>(pe, op); }
EXEC(CASP_64) { return compare_and_swap_pair<Mode, u64>(pe, op); }

}  // namespace emu::exec
