// Loads and stores of general registers and pairs, and prefetch. Arm: C4.1, "Loads and Stores".
#pragma once

#include "emu/core/exec/memory_shapes.h"

namespace emu::exec {

// One size of load in all addressing forms: LDR_imm_64, LDR_post_64 ... for LOADS(LDR, _64, ...).
#define LOADS(stem, width, T, Result)                                                                   \
    EXEC(stem##_imm##width) { return load_register<Mode, Offset, T, Result>(pe, op, kLoad<T>); }        \
    EXEC(stem##_post##width) { return load_register<Mode, PostIndex, T, Result>(pe, op, kLoad<T>); }    \
    EXEC(stem##_pre##width) { return load_register<Mode, PreIndex, T, Result>(pe, op, kLoad<T>); }      \
    EXEC(stem##_reg##width) { return load_register<Mode, RegisterOffset, T, Result>(pe, op, kLoad<T>); }
#define STORES(stem, width, T)                                                                    \
    EXEC(stem##_imm##width) { return store_register<Mode, Offset, T>(pe, op, kStore<T>); }        \
    EXEC(stem##_post##width) { return store_register<Mode, PostIndex, T>(pe, op, kStore<T>); }    \
    EXEC(stem##_pre##width) { return store_register<Mode, PreIndex, T>(pe, op, kStore<T>); }      \
    EXEC(stem##_reg##width) { return store_register<Mode, RegisterOffset, T>(pe, op, kStore<T>); }
#define UNPRIVILEGED_LOAD(name, T, Result) \
    EXEC(name) { return load_register<Mode, Offset, T, Result>(pe, op, kUnprivilegedLoad<T>); }
#define UNPRIVILEGED_STORE(name, T) \
    EXEC(name) { return store_register<Mode, Offset, T>(pe, op, kUnprivilegedStore<T>); }
#define LOAD_PAIRS(stem, width, T, Result)                                                          \
    EXEC(stem##_off##width) { return load_registers<Mode, Offset, T, Result>(pe, op); }             \
    EXEC(stem##_post##width) { return load_registers<Mode, PostIndex, T, Result>(pe, op); }         \
    EXEC(stem##_pre##width) { return load_registers<Mode, PreIndex, T, Result>(pe, op); }
#define STORE_PAIRS(stem, width, T)                                                       \
    EXEC(stem##_off##width) { return store_registers<Mode, Offset, T>(pe, op); }          \
    EXEC(stem##_post##width) { return store_registers<Mode, PostIndex, T>(pe, op); }      \
    EXEC(stem##_pre##width) { return store_registers<Mode, PreIndex, T>(pe, op); }

template <class T>
inline constexpr AccessSpec kLoad = element_spec<T>(mmu::AccessKind::Load);
template <class T>
inline constexpr AccessSpec kStore = element_spec<T>(mmu::AccessKind::Store);
template <class T>
inline constexpr AccessSpec kUnprivilegedLoad = element_spec<T>(mmu::AccessKind::Load, false, true);
template <class T>
inline constexpr AccessSpec kUnprivilegedStore = element_spec<T>(mmu::AccessKind::Store, false, true);

STORES(STRB, , u8)
STORES(STRH, , u16)
STORES(STR, _32, u32)
STORES(STR, _64, u64)
LOADS(LDRB, , u8, u64)
LOADS(LDRH, , u16, u64)
LOADS(LDR, _32, u32, u64)
LOADS(LDR, _64, u64, u64)
LOADS(LDRSB, _64, i8, u64)
LOADS(LDRSB, _32, i8, u32)
LOADS(LDRSH, _64, i16, u64)
LOADS(LDRSH, _32, i16, u32)
LOADS(LDRSW, , i32, u64)

UNPRIVILEGED_STORE(STTRB, u8)
UNPRIVILEGED_STORE(STTRH, u16)
UNPRIVILEGED_STORE(STTR_32, u32)
UNPRIVILEGED_STORE(STTR_64, u64)
UNPRIVILEGED_LOAD(LDTRB, u8, u64)
UNPRIVILEGED_LOAD(LDTRH, u16, u64)
UNPRIVILEGED_LOAD(LDTR_32, u32, u64)
UNPRIVILEGED_LOAD(LDTR_64, u64, u64)
UNPRIVILEGED_LOAD(LDTRSB_64, i8, u64)
UNPRIVILEGED_LOAD(LDTRSB_32, i8, u32)
UNPRIVILEGED_LOAD(LDTRSH_64, i16, u64)
UNPRIVILEGED_LOAD(LDTRSH_32, i16, u32)
UNPRIVILEGED_LOAD(LDTRSW, i32, u64)

STORE_PAIRS(STP, _32, u32)
STORE_PAIRS(STP, _64, u64)
LOAD_PAIRS(LDP, _32, u32, u64)
LOAD_PAIRS(LDP, _64, u64, u64)
LOAD_PAIRS(LDPSW, , i32, u64)

#undef LOADS
#undef STORES
#undef UNPRIVILEGED_LOAD
#undef UNPRIVILEGED_STORE
#undef LOAD_PAIRS
#undef STORE_PAIRS

template <class Mode, class T>
EXEC_INLINE void load_literal(Pe& pe, const DecodedOp* op) {
    T value{};
    if (!Mode::template load<T>(pe, op, Mode::pc(pe, op) + op->imm, value, kLoad<T>)) return Mode::leave(pe, op);
    pe.x[op->rd] = static_cast<u64>(value);
    return Mode::next(pe, op);
}
EXEC(LDR_lit_32) { return load_literal<Mode, u32>(pe, op); }
EXEC(LDR_lit_64) { return load_literal<Mode, u64>(pe, op); }
EXEC(LDRSW_lit) { return load_literal<Mode, i32>(pe, op); }

// Prefetch looks the address up, and never faults: not even for a misaligned SP.
template <class Mode>
EXEC_INLINE void prefetch(Pe& pe, const DecodedOp* op, u64 va) {
    const bool done = Mode::touch(pe, op, va, element_spec<u8>(mmu::AccessKind::Prefetch));
    return done ? Mode::next(pe, op) : Mode::leave(pe, op);
}
EXEC(PRFM_imm) { return prefetch<Mode>(pe, op, Offset::address(pe, op)); }
EXEC(PRFM_reg) { return prefetch<Mode>(pe, op, RegisterOffset::address(pe, op)); }
EXEC(PRFM_lit) { return prefetch<Mode>(pe, op, Mode::pc(pe, op) + op->imm); }

}  // namespace emu::exec
