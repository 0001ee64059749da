// Reading and writing page-table entries. The public functions (ptep_get, set_ptes ...) manage the Contiguous bit so
// that the callers need not know of it; the ones with two underscores are raw. Linux: arch/arm64/include/asm/pgtable.h
// and arch/arm64/mm/contpte.c, 6.12.107.
//
// KM_CONTPTE: 0 the public functions are the raw ones, as without CONFIG_ARM64_CONTPTE; 1 compiled in, but no entry is
// ever made contiguous; 2 as Linux. Invariant of 2: of a user block of CONT_PTES entries all have the bit or none; if
// all, they are valid, map consecutive aligned frames of one folio, and agree in all but access flag and dirty state.
//
// The bit leaks out of the getters on purpose; every setter strips it again.
#pragma once

#include "kernel_model/mm/address_space.h"
#include "kernel_model/mm/pte.h"

#ifndef KM_CONTPTE
#error "KM_CONTPTE is 0 (off), 1 (nofold) or 2 (on)"
#endif

namespace km {

inline constexpr bool kContpte = KM_CONTPTE != 0;
inline constexpr bool kContpteFolds = KM_CONTPTE == 2;

// What __contpte_try_fold() did. The checks that come first are inline in contpte_try_fold() and have no outcome.
enum class FoldOutcome : u64 {
    Folded,
    NotUser,        // kernel tables are never folded
    FolioTooSmall,  // no single folio covers the block at this address
    Mismatch,       // an entry is missing, or differs in more than access flag and dirty state
    Disabled,       // KM_CONTPTE = 1
};

enum ClearYoungDirty : unsigned { CYDP_CLEAR_YOUNG = 1, CYDP_CLEAR_DIRTY = 2 };

extern "C" {
void contpte_convert(AddressSpace& mm, u64 addr, u64* ptep, Pte pte);
FoldOutcome __contpte_try_fold(AddressSpace& mm, u64 addr, u64* ptep, Pte pte);
void __contpte_try_unfold(AddressSpace& mm, u64 addr, u64* ptep, Pte pte);
Pte contpte_ptep_get(const u64* ptep, Pte orig_pte);
Pte contpte_ptep_get_lockless(const u64* orig_ptep);
void contpte_set_ptes(AddressSpace& mm, u64 addr, u64* ptep, Pte pte, unsigned nr);
void contpte_clear_full_ptes(AddressSpace& mm, u64 addr, u64* ptep, unsigned nr);
Pte contpte_get_and_clear_full_ptes(AddressSpace& mm, u64 addr, u64* ptep, unsigned nr);
bool contpte_ptep_test_and_clear_young(u64* ptep);
bool contpte_ptep_clear_flush_young(AddressSpace& mm, u64 addr, u64* ptep);
void contpte_wrprotect_ptes(AddressSpace& mm, u64 addr, u64* ptep, unsigned nr);
void contpte_clear_young_dirty_ptes(u64* ptep, unsigned nr, unsigned flags);
bool contpte_ptep_set_access_flags(AddressSpace& mm, u64 addr, u64* ptep, Pte entry, bool dirty);
}

// ---- Raw ----

[[nodiscard]] inline Pte __ptep_get(const u64* ptep) { return {port::load_descriptor(ptep)}; }
// No barrier: the old entry was invalid, and a walker that still sees it takes a spurious fault at worst.
inline void __set_ptes(u64* ptep, Pte pte, unsigned nr) {
    for (;;) {
        port::store_descriptor(ptep, pte.raw);
        if (--nr == 0) break;
        ++ptep;
        pte = pte_advance_pfn(pte, 1);
    }
}
inline Pte __ptep_get_and_clear(u64* ptep) { return {port::exchange_descriptor(ptep, 0)}; }
inline void __clear_full_ptes(u64* ptep, unsigned nr) {
    for (; nr != 0; --nr, ++ptep) __ptep_get_and_clear(ptep);
}
// Of the first entry, with access flag and dirty state of any of them.
inline Pte __get_and_clear_full_ptes(u64* ptep, unsigned nr) {
    Pte pte = __ptep_get_and_clear(ptep);
    while (--nr != 0) {
        const Pte other = __ptep_get_and_clear(++ptep);
        if (pte_dirty(other)) pte = pte_mkdirty(pte);
        if (pte_young(other)) pte = pte_mkyoung(pte);
    }
    return pte;
}

// Replaces *ptep = `pte` by change(*ptep) against hardware that may set access flag and dirty state meanwhile; returns
// the value that was replaced.
template <class Change>
inline Pte update_pte(u64* ptep, Pte pte, Change change) {
    for (;;) {
        const Pte seen{port::compare_exchange_descriptor(ptep, pte.raw, change(pte).raw)};
        if (seen == pte) return pte;
        pte = seen;
    }
}
inline void ___ptep_set_wrprotect(u64* ptep, Pte pte) { update_pte(ptep, pte, pte_wrprotect); }
inline void __wrprotect_ptes(u64* ptep, unsigned nr) {
    for (; nr != 0; --nr, ++ptep) ___ptep_set_wrprotect(ptep, __ptep_get(ptep));
}
inline bool __ptep_test_and_clear_young(u64* ptep) { return pte_young(update_pte(ptep, __ptep_get(ptep), pte_mkold)); }
bool __ptep_clear_flush_young(AddressSpace& mm, u64 addr, u64* ptep);
void __clear_young_dirty_ptes(u64* ptep, unsigned nr, unsigned flags);
// Makes *ptep more permissive as `entry` is; `dirty`: the old entry may be cached read-only, so flush it. False: it was
// `entry` already.
bool __ptep_set_access_flags(AddressSpace& mm, u64 addr, u64* ptep, Pte entry, bool dirty);

// ---- Public ----

[[gnu::always_inline]] inline void contpte_try_fold(AddressSpace& mm, u64 addr, u64* ptep, Pte pte) {
    constexpr u64 kContMask = CONT_PTES - 1;
    const bool last_address = ((addr >> PAGE_SHIFT) & kContMask) == kContMask;
    if (!last_address) [[likely]]
        return;
    const bool last_frame = (pte_pfn(pte) & kContMask) == kContMask;
    if (last_frame && pte_valid(pte) && !pte_cont(pte) && !pte_special(pte)) __contpte_try_fold(mm, addr, ptep, pte);
}
[[gnu::always_inline]] inline void contpte_try_unfold(AddressSpace& mm, u64 addr, u64* ptep, Pte pte) {
    if (pte_valid_cont(pte)) [[unlikely]]
        __contpte_try_unfold(mm, addr, ptep, pte);
}

// Entries from `ptep` to the end of its contiguous block, whose state one read of `pte` already told; 1 outside.
[[nodiscard]] inline unsigned pte_batch_hint(const u64* ptep, Pte pte) {
    if constexpr (!kContpte) return 1;
    if (!pte_valid_cont(pte)) return 1;
    return CONT_PTES - ((reinterpret_cast<std::uintptr_t>(ptep) / sizeof(u64)) & (CONT_PTES - 1));
}

[[nodiscard]] inline Pte ptep_get(const u64* ptep) {
    const Pte pte = __ptep_get(ptep);
    if constexpr (!kContpte) return pte;
    if (!pte_valid_cont(pte)) [[likely]]
        return pte;
    return contpte_ptep_get(ptep, pte);
}
[[nodiscard]] inline Pte ptep_get_lockless(const u64* ptep) {
    const Pte pte = __ptep_get(ptep);
    if constexpr (!kContpte) return pte;
    if (!pte_valid_cont(pte)) [[likely]]
        return pte;
    return contpte_ptep_get_lockless(ptep);
}

// nr > 1: all entries are not present before.
[[gnu::always_inline]] inline void set_ptes(AddressSpace& mm, u64 addr, u64* ptep, Pte pte, unsigned nr) {
    if constexpr (!kContpte) return __set_ptes(ptep, pte, nr);
    pte = pte_mknoncont(pte);
    if (nr == 1) [[likely]] {
        contpte_try_unfold(mm, addr, ptep, __ptep_get(ptep));
        __set_ptes(ptep, pte, 1);
        contpte_try_fold(mm, addr, ptep, pte);
    } else {
        contpte_set_ptes(mm, addr, ptep, pte, nr);
    }
}
inline void set_pte_at(AddressSpace& mm, u64 addr, u64* ptep, Pte pte) { set_ptes(mm, addr, ptep, pte, 1); }

inline Pte ptep_get_and_clear(AddressSpace& mm, u64 addr, u64* ptep) {
    if constexpr (kContpte) contpte_try_unfold(mm, addr, ptep, __ptep_get(ptep));
    return __ptep_get_and_clear(ptep);
}
// Also drops the entry from the TLB. Linux: mm/pgtable-generic.c.
Pte ptep_clear_flush(AddressSpace& mm, u64 addr, u64* ptep);

// Whole blocks are cleared without unfolding: a later flush of the range is legal, since nothing else changes.
[[gnu::always_inline]] inline void clear_full_ptes(AddressSpace& mm, u64 addr, u64* ptep, unsigned nr) {
    if constexpr (!kContpte) return __clear_full_ptes(ptep, nr);
    if (nr != 1) [[unlikely]]
        return contpte_clear_full_ptes(mm, addr, ptep, nr);
    contpte_try_unfold(mm, addr, ptep, __ptep_get(ptep));
    __clear_full_ptes(ptep, 1);
}
[[gnu::always_inline]] inline Pte get_and_clear_full_ptes(AddressSpace& mm, u64 addr, u64* ptep, unsigned nr) {
    if constexpr (!kContpte) return __get_and_clear_full_ptes(ptep, nr);
    if (nr != 1) [[unlikely]]
        return contpte_get_and_clear_full_ptes(mm, addr, ptep, nr);
    contpte_try_unfold(mm, addr, ptep, __ptep_get(ptep));
    return __get_and_clear_full_ptes(ptep, 1);
}

// Only of present entries. A single one is read once: the Contiguous bit is all that can require unfolding.
[[gnu::always_inline]] inline void wrprotect_ptes(AddressSpace& mm, u64 addr, u64* ptep, unsigned nr) {
    if constexpr (!kContpte) return __wrprotect_ptes(ptep, nr);
    if (nr != 1) [[unlikely]]
        return contpte_wrprotect_ptes(mm, addr, ptep, nr);
    Pte pte = __ptep_get(ptep);
    if (pte_cont(pte)) [[unlikely]] {
        __contpte_try_unfold(mm, addr, ptep, pte);
        pte = pte_mknoncont(pte);
    }
    ___ptep_set_wrprotect(ptep, pte);
}

inline bool ptep_test_and_clear_young(u64* ptep) {
    if constexpr (kContpte)
        if (pte_valid_cont(__ptep_get(ptep))) return contpte_ptep_test_and_clear_young(ptep);
    return __ptep_test_and_clear_young(ptep);
}
// The operation is not waited for: a stale young entry costs a wrong guess of reclaim at worst.
inline bool ptep_clear_flush_young(AddressSpace& mm, u64 addr, u64* ptep) {
    if constexpr (kContpte)
        if (pte_valid_cont(__ptep_get(ptep))) return contpte_ptep_clear_flush_young(mm, addr, ptep);
    return __ptep_clear_flush_young(mm, addr, ptep);
}
// Blocks that the range covers in part are cleared as a whole: Linux keeps access and dirty state per folio.
inline void clear_young_dirty_ptes(u64* ptep, unsigned nr, unsigned flags) {
    if constexpr (kContpte)
        if (nr != 1 || pte_cont(__ptep_get(ptep))) return contpte_clear_young_dirty_ptes(ptep, nr, flags);
    __clear_young_dirty_ptes(ptep, nr, flags);
}
inline bool ptep_set_access_flags(AddressSpace& mm, u64 addr, u64* ptep, Pte entry, bool dirty) {
    if constexpr (kContpte) {
        const Pte pte = __ptep_get(ptep);
        entry = pte_mknoncont(entry);
        if (pte_valid_cont(pte)) [[unlikely]]
            return contpte_ptep_set_access_flags(mm, addr, ptep, entry, dirty);
    }
    return __ptep_set_access_flags(mm, addr, ptep, entry, dirty);
}

}  // namespace km
