// The slow path of data accesses: translation through the modelled TLBs, page crossings, devices, alignment,
// and the record of what happened. Both loops use it; the plain loop only when its memos cannot serve.
#pragma once

#include "emu/isa/decoded_op.h"
#include "mmu/access.h"
#include "mmu/host_tlb.h"
#include "mmu/translation.h"

namespace emu {

// What is known about an access before its address.
struct AccessSpec {
    u8 bytes{8};
    u8 alignment{8};          // element size: what the address must be a multiple of, where alignment is checked
    mmu::AccessKind kind{mmu::AccessKind::Load};
    bool must_align{false};   // exclusive, ordered or atomic: checked whatever SCTLR_EL1.A says
    bool unprivileged{false}; // LDTR, STTR

    // As one word, which is how the fast paths hand it to the slow ones: in a register, never through the stack.
    [[nodiscard]] constexpr u64 packed() const {
        return bytes | u64{alignment} << 8 | static_cast<u64>(kind) << 16 | u64{must_align} << 24 | u64{unprivileged} << 32;
    }
    [[nodiscard]] static constexpr AccessSpec unpacked(u64 word) {
        return {static_cast<u8>(word), static_cast<u8>(word >> 8), static_cast<mmu::AccessKind>(word >> 16 & 0xff),
                (word >> 24 & 1) != 0, (word >> 32 & 1) != 0};
    }
};

// The record of a lookup that a memo served.
inline void note_l1_hit(mmu::LookupRecord& lookup, const mmu::HostTlb::Origin& origin) {
    lookup.source = mmu::LookupRecord::Source::L1Hit;
    lookup.faulted = lookup.walk_cache_hit = false;
    lookup.step_count = lookup.prefetch_step_count = lookup.stage2_traps = 0;
    lookup.l2_slot = mmu::kNoSlot;
    lookup.l1_slot = origin.l1_slot;
    lookup.reach_shift = origin.reach_shift;
}

// Up to 16 bytes at `va` into pe.loaded, little endian. false: pe.fault says why; nothing was read.
[[nodiscard]] bool load_slow(Pe& pe, u64 va, AccessSpec spec);
// The low spec.bytes of {low, high} to `va`; a pair's second element begins at element size spec.alignment.
// false: pe.fault says why; nothing was written.
[[nodiscard]] bool store_slow(Pe& pe, u64 va, AccessSpec spec, u64 low, u64 high);
// As load_slow and store_slow, of spec.bytes at `to` and `from`: vector registers and structures, up to 64 bytes.
// A fault leaves memory as it was; what `to` then holds means nothing.
[[nodiscard]] bool load_bytes_slow(Pe& pe, u64 va, AccessSpec spec, u8* to);
[[nodiscard]] bool store_bytes_slow(Pe& pe, u64 va, AccessSpec spec, const u8* from);
// Writes a store's bytes to host memory as store_slow would.
void copy_elements(u8* to, AccessSpec spec, u64 low, u64 high);
// Host pointer for an atomic read-modify-write of spec.bytes at `va`; nullptr: pe.fault says why.
[[nodiscard]] u8* atomic_slow(Pe& pe, u64 va, AccessSpec spec);
// Zeroes the aligned block of `block` bytes that holds `va` (DC ZVA).
[[nodiscard]] bool zero_block_slow(Pe& pe, u64 va, unsigned block);
// One counted translation without data: PRFM (never fails) and cache maintenance by VA.
[[nodiscard]] bool touch_slow(Pe& pe, u64 va, AccessSpec spec);

}  // namespace emu
