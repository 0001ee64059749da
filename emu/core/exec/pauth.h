// Pointer authentication. Arm: C6.2, and AddPACIA, AuthIA and their like.
#pragma once

#include "emu/core/exec/branches.h"
#include "emu/core/exec/memory_shapes.h"
#include "emu/core/pauth.h"

namespace emu::exec {

using Key = PointerKeyName;

inline constexpr u8 kLink = 30;
inline constexpr u8 kScratch0 = 16;  // IP0, IP1
inline constexpr u8 kScratch1 = 17;

#define SIGN_AND_AUTHENTICATE(suffix, key)                                              \
    EXEC(PAC##suffix) {                                                                 \
        pe.x[op->rd] = sign_pointer(pe, Key::key, pe.x[op->rm], pe.x[op->rn]);          \
        return Mode::next(pe, op);                                                      \
    }                                                                                   \
    EXEC(AUT##suffix) {                                                                 \
        pe.x[op->rd] = authenticate_pointer(pe, Key::key, pe.x[op->rm], pe.x[op->rn]);  \
        return Mode::next(pe, op);                                                      \
    }
SIGN_AND_AUTHENTICATE(IA, InstructionA)
SIGN_AND_AUTHENTICATE(IB, InstructionB)
SIGN_AND_AUTHENTICATE(DA, DataA)
SIGN_AND_AUTHENTICATE(DB, DataB)
#undef SIGN_AND_AUTHENTICATE

EXEC(XPACI) {
    pe.x[op->rd] = strip_pointer(pe, pe.x[op->rm], false);
    return Mode::next(pe, op);
}
EXEC(XPACD) {
    pe.x[op->rd] = strip_pointer(pe, pe.x[op->rm], true);
    return Mode::next(pe, op);
}
EXEC(PACGA) {
    pe.x[op->rd] = generic_code(pe, pe.x[op->rn], pe.x[op->rm]);
    return Mode::next(pe, op);
}

// Branches.
template <Key K>
[[nodiscard]] inline u64 authentic_target(const Pe& pe, const DecodedOp* op) {
    return authenticate_pointer(pe, K, pe.x[op->rn], pe.x[op->rm]);
}
template <class Mode, Key K>
EXEC_INLINE void branch_authenticated(Pe& pe, const DecodedOp* op) {
    return branch_indirect<Mode>(pe, op, authentic_target<K>(pe, op));
}
template <class Mode, Key K>
EXEC_INLINE void call_authenticated(Pe& pe, const DecodedOp* op) {
    const u64 target = authentic_target<K>(pe, op);
    pe.x[op->rd] = Mode::pc(pe, op) + 4;
    return call_indirect<Mode>(pe, op, target);
}
EXEC(BRAA) { return branch_authenticated<Mode, Key::InstructionA>(pe, op); }
EXEC(BRAB) { return branch_authenticated<Mode, Key::InstructionB>(pe, op); }
EXEC(BLRAA) { return call_authenticated<Mode, Key::InstructionA>(pe, op); }
EXEC(BLRAB) { return call_authenticated<Mode, Key::InstructionB>(pe, op); }
EXEC(RETAA) { return Mode::branch(pe, op, authentic_target<Key::InstructionA>(pe, op)); }
EXEC(RETAB) { return Mode::branch(pe, op, authentic_target<Key::InstructionB>(pe, op)); }

// ELR_EL1 is authenticated under SP before the return.
template <class Mode, Key K>
EXEC_INLINE void return_authenticated(Pe& pe, const DecodedOp* op) {
    if (pe.el == 0) return Mode::raise(pe, op, undefined_instruction());
    u64& link = pe.sysreg(SysReg::ELR_EL1);
    const u64 held = link;
    link = authenticate_pointer(pe, K, held, pe.x[kRegSp]);
    Mode::exception_return(pe, op);
    link = held;
}
EXEC(ERETAA) { return return_authenticated<Mode, Key::InstructionA>(pe, op); }
EXEC(ERETAB) { return return_authenticated<Mode, Key::InstructionB>(pe, op); }

// Loads: the base is authenticated under a modifier of zero, then displaced.
template <class Mode, Key K, bool Writeback>
EXEC_INLINE void load_authenticated(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    const u64 address = authenticate_pointer(pe, K, pe.x[op->rn], 0) + op->imm;
    u64 value = 0;
    if (!Mode::template load<u64>(pe, op, address, value)) return Mode::leave(pe, op);
    if (Writeback) pe.x[op->rn] = address;
    pe.x[op->rd] = value;
    return Mode::next(pe, op);
}
EXEC(LDRAA) { return load_authenticated<Mode, Key::DataA, false>(pe, op); }
EXEC(LDRAB) { return load_authenticated<Mode, Key::DataB, false>(pe, op); }
EXEC(LDRAA_pre) { return load_authenticated<Mode, Key::DataA, true>(pe, op); }
EXEC(LDRAB_pre) { return load_authenticated<Mode, Key::DataB, true>(pe, op); }

// Hints: of fixed registers, and only where the core has the feature.
using PointerFunction = u64 (*)(const Pe&, Key, u64, u64);
template <class Mode, PointerFunction Apply, Key K, u8 Pointer, u8 Modifier>
EXEC_INLINE void authentication_hint(Pe& pe, const DecodedOp* op) {
    if (pe.features.has(Feature::PAuth)) pe.x[Pointer] = Apply(pe, K, pe.x[Pointer], pe.x[Modifier]);
    return Mode::next(pe, op);
}
#define AUTHENTICATION_HINTS(letter, key)                                                                             \
    EXEC(PACI##letter##1716) { return authentication_hint<Mode, sign_pointer, Key::key, kScratch1, kScratch0>(pe, op); } \
    EXEC(AUTI##letter##1716) {                                                                                        \
        return authentication_hint<Mode, authenticate_pointer, Key::key, kScratch1, kScratch0>(pe, op);              \
    }                                                                                                                 \
    EXEC(PACI##letter##Z) { return authentication_hint<Mode, sign_pointer, Key::key, kLink, kRegZero>(pe, op); }      \
    EXEC(AUTI##letter##Z) { return authentication_hint<Mode, authenticate_pointer, Key::key, kLink, kRegZero>(pe, op); } \
    EXEC(PACI##letter##SP) { return authentication_hint<Mode, sign_pointer, Key::key, kLink, kRegSp>(pe, op); }       \
    EXEC(AUTI##letter##SP) { return authentication_hint<Mode, authenticate_pointer, Key::key, kLink, kRegSp>(pe, op); }
AUTHENTICATION_HINTS(A, InstructionA)
AUTHENTICATION_HINTS(B, InstructionB)
#undef AUTHENTICATION_HINTS
EXEC(XPACLRI) {
    if (pe.features.has(Feature::PAuth)) pe.x[kLink] = strip_pointer(pe, pe.x[kLink], false);
    return Mode::next(pe, op);
}

}  // namespace emu::exec
