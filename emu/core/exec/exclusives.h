// Exclusive and ordered loads and stores. Arm: C4.1, "Load/store exclusive register", "Load/store ordered".
// One PE executes in program order, so acquire and release ask for nothing but alignment; timing reads the class.
#pragma once

#include "emu/core/exec/memory_shapes.h"

namespace emu::exec {

template <class T>
inline constexpr AccessSpec kOrderedLoad = element_spec<T>(mmu::AccessKind::Load, true);
template <class T>
inline constexpr AccessSpec kOrderedStore = element_spec<T>(mmu::AccessKind::Store, true);
// A pair of doublewords, which is one access of 16 aligned bytes.
[[nodiscard]] constexpr AccessSpec wide_spec(mmu::AccessKind kind) { return {16, 16, kind, true, false}; }

template <class Mode, class T>
EXEC_INLINE void load_exclusive(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    const u64 va = pe.x[op->rn];
    T value{};
    if (!Mode::template load<T>(pe, op, va, value, kOrderedLoad<T>)) return Mode::leave(pe, op);
    pe.monitor.arm(va);
    pe.x[op->rd] = value;
    return Mode::next(pe, op);
}

// Checks a store-exclusive before its access: Faulted, Fails (status 1, no access) or Passes.
enum class ExclusiveCheck : u8 { Faulted, Fails, Passes };

template <class Mode>
EXEC_INLINE ExclusiveCheck check_exclusive(Pe& pe, const DecodedOp* op, u64 va, unsigned bytes) {
    constexpr u32 kAlignment = arch::fault_status_code(arch::FaultKind::Alignment, 0);
    if (!base_is_aligned<Mode>(pe, op)) return ExclusiveCheck::Faulted;
    if (!arch::is_aligned(va, bytes)) {
        Mode::raise(pe, op, data_abort(kAlignment, true, va));
        return ExclusiveCheck::Faulted;
    }
    return pe.monitor.consume(va) ? ExclusiveCheck::Passes : ExclusiveCheck::Fails;
}

// `access` performs the store; false where it faulted.
template <class Mode, class Access>
EXEC_INLINE void store_exclusive(Pe& pe, const DecodedOp* op, unsigned bytes, Access access) {
    const u64 va = pe.x[op->rn];
    const ExclusiveCheck check = check_exclusive<Mode>(pe, op, va, bytes);
    if (check == ExclusiveCheck::Faulted) return Mode::leave(pe, op);
    if (check == ExclusiveCheck::Passes && !access(va)) return Mode::leave(pe, op);
    pe.x[op->rm] = check == ExclusiveCheck::Passes ? 0 : 1;
    return Mode::next(pe, op);
}
template <class Mode, class T>
EXEC_INLINE void store_exclusive_element(Pe& pe, const DecodedOp* op) {
    return store_exclusive<Mode>(pe, op, sizeof(T), [&](u64 va) {
        return Mode::template store<T>(pe, op, va, static_cast<T>(pe.x[op->rd]), kOrderedStore<T>);
    });
}

template <class Mode, class T>
EXEC_INLINE void load_ordered(Pe& pe, const DecodedOp* op) {
    return load_register<Mode, Offset, T, u64>(pe, op, kOrderedLoad<T>);
}
template <class Mode, class T>
EXEC_INLINE void store_ordered(Pe& pe, const DecodedOp* op) {
    return store_register<Mode, Offset, T>(pe, op, kOrderedStore<T>);
}

#define ORDERED(suffix, T)                                                             \
    EXEC(LDXR##suffix) { return load_exclusive<Mode, T>(pe, op); }                     \
    EXEC(LDAXR##suffix) { return load_exclusive<Mode, T>(pe, op); }                    \
    EXEC(STXR##suffix) { return store_exclusive_element<Mode, T>(pe, op); }            \
    EXEC(STLXR##suffix) { return store_exclusive_element<Mode, T>(pe, op); }           \
    EXEC(LDAR##suffix) { return load_ordered<Mode, T>(pe, op); }                       \
    EXEC(STLR##suffix) { return store_ordered<Mode, T>(pe, op); }
ORDERED(B, u8)
ORDERED(H, u16)
ORDERED(_32, u32)
ORDERED(_64, u64)
#undef ORDERED

// A pair of words is one aligned doubleword, its first register in the low half.
template <class Mode>
EXEC_INLINE void load_exclusive_words(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    const u64 va = pe.x[op->rn];
    u64 both{};
    if (!Mode::template load<u64>(pe, op, va, both, kOrderedLoad<u64>)) return Mode::leave(pe, op);
    pe.monitor.arm(va);
    pe.x[op->rd] = both & 0xffffffff;
    pe.x[op->ra] = both >> 32;
    return Mode::next(pe, op);
}
template <class Mode>
EXEC_INLINE void load_exclusive_doublewords(Pe& pe, const DecodedOp* op) {
    if (!base_is_aligned<Mode>(pe, op)) return Mode::leave(pe, op);
    const u64 va = pe.x[op->rn];
    u64 first{};
    u64 second{};
    if (!Mode::template load_pair<u64>(pe, op, va, first, second, wide_spec(mmu::AccessKind::Load)))
        return Mode::leave(pe, op);
    pe.monitor.arm(va);
    pe.x[op->rd] = first;
    pe.x[op->ra] = second;
    return Mode::next(pe, op);
}
template <class Mode>
EXEC_INLINE void store_exclusive_words(Pe& pe, const DecodedOp* op) {
    return store_exclusive<Mode>(pe, op, 8, [&](u64 va) {
        const u64 both = (pe.x[op->rd] & 0xffffffff) | pe.x[op->ra] << 32;
        return Mode::template store<u64>(pe, op, va, both, kOrderedStore<u64>);
    });
}
template <class Mode>
EXEC_INLINE void store_exclusive_doublewords(Pe& pe, const DecodedOp* op) {
    return store_exclusive<Mode>(pe, op, 16, [&](u64 va) {
        return Mode::template store_pair<u64>(pe, op, va, pe.x[op->rd], pe.x[op->ra], wide_spec(mmu::AccessKind::Store));
    });
}
EXEC(LDXP_32) { return load_exclusive_words<Mode>(pe, op); }
EXEC(LDAXP_32) { return load_exclusive_words<Mode>(pe, op); }
EXEC(LDXP_64) { return load_exclusive_doublewords<Mode>(pe, op); }
EXEC(LDAXP_64) { return load_exclusive_doublewords<Mode>(pe, op); }
EXEC(STXP_32) { return store_exclusive_words<Mode>(pe, op); }
EXEC(STLXP_32) { return store_exclusive_words<Mode>(pe, op); }
EXEC(STXP_64) { return store_exclusive_doublewords<Mode>(pe, op); }
EXEC(STLXP_64) { return store_exclusive_doublewords<Mode>(pe, op); }

// FEAT_LRCPC2: ordered, and aligned, at an offset.
#define ORDERED_AT_OFFSET(name, T, Result) \
    EXEC(name) { return load_register<Mode, Offset, T, Result>(pe, op, kOrderedLoad<T>); }
ORDERED_AT_OFFSET(LDAPURB, u8, u64)
ORDERED_AT_OFFSET(LDAPURH, u16, u64)
ORDERED_AT_OFFSET(LDAPUR_32, u32, u64)
ORDERED_AT_OFFSET(LDAPUR_64, u64, u64)
ORDERED_AT_OFFSET(LDAPURSB_64, i8, u64)
ORDERED_AT_OFFSET(LDAPURSB_32, i8, u32)
ORDERED_AT_OFFSET(LDAPURSH_64, i16, u64)
ORDERED_AT_OFFSET(LDAPURSH_32, i16, u32)
ORDERED_AT_OFFSET(LDAPURSW, i32, u64)
#undef ORDERED_AT_OFFSET
EXEC(STLURB) { return store_register<Mode, Offset, u8>(pe, op, kOrderedStore<u8>); }
EXEC(STLURH) { return store_register<Mode, Offset, u16>(pe, op, kOrderedStore<u16>); }
EXEC(STLUR_32) { return store_register<Mode, Offset, u32>(pe, op, kOrderedStore<u32>); }
EXEC(STLUR_64) { return store_register<Mode, Offset, u64>(pe, op, kOrderedStore<u64>); }

}  // namespace emu::exec
