// One entry of a TLB: a translation, or the pointer to a table that a walk has read.
#pragma once

#include "mmu/arch/bits.h"
#include "mmu/arch/descriptor.h"
#include "mmu/walk/permissions.h"

namespace mmu {

struct TlbEntry {
    enum class Kind : arch::u8 { None, Leaf, Table };

    arch::u64 va{0};  // first byte, multiple of the reach; bits 63:56 are copies of bit 55
    arch::u64 pa{0};  // Leaf: that `va` translates to. Table: of the table that decides `va`
    // Leaf: the descriptor that was read, and where; of an aggregated entry, those of its first page.
    arch::u64 descriptor_pa{0};
    arch::u64 descriptor{0};
    arch::u16 asid{0};
    bool global{false};
    bool prefetched{false};  // by a walk that nobody had asked for, and not used since
    Kind kind{Kind::None};
    arch::u8 reach_shift{0};  // log2 bytes
    arch::u8 leaf_shift{0};   // log2 bytes that one descriptor of this level maps
    arch::u8 page_shift{0};   // log2 bytes behind one bit of valid_pages; the reach unless aggregated
    arch::u8 level{0};        // Leaf: of the descriptor. Table: of the table pointed to
    arch::u8 valid_pages{1};
    arch::u8 clean_pages{0};  // a write must first make the descriptor dirty (DBM)
    Permissions permissions{};
    TableLimits table_limits{};  // Table: of the tables above it
    arch::u8 memory_attr{0};     // the byte of MAIR_EL1
    arch::u8 shareability{0};

    [[nodiscard]] bool is_aggregated() const { return page_shift != reach_shift; }
    [[nodiscard]] arch::u64 offset_of(arch::u64 address) const { return address & ((arch::u64{1} << reach_shift) - 1); }
    // Which page of an aggregated entry; 0 for others.
    [[nodiscard]] unsigned page_of(arch::u64 address) const { return static_cast<unsigned>(offset_of(address) >> page_shift); }
    [[nodiscard]] bool holds_page_of(arch::u64 address) const { return ((valid_pages >> page_of(address)) & 1) != 0; }
    [[nodiscard]] bool is_clean_at(arch::u64 address) const {
        return clean_pages != 0 && ((clean_pages >> page_of(address)) & 1) != 0;
    }
    [[nodiscard]] arch::u64 pa_of(arch::u64 address) const { return pa + offset_of(address); }
    void set_dirty(arch::u64 address) { clean_pages = static_cast<arch::u8>(clean_pages & ~(1u << page_of(address))); }

    void serialize(auto& archive) {
        archive(va, pa, descriptor_pa, descriptor, asid, global, prefetched, kind, reach_shift, leaf_shift, page_shift, level,
                valid_pages, clean_pages, permissions.bits, table_limits.bits, memory_attr, shareability);
    }
    friend bool operator==(const TlbEntry&, const TlbEntry&) = default;
};

// The part of `entry` that reaches 2^shift bytes around `va`; `shift` is at most its reach. Aggregated entries are
// not divided.
[[nodiscard]] inline TlbEntry piece_of(const TlbEntry& entry, arch::u64 va, unsigned shift) {
    if (shift >= entry.reach_shift || entry.is_aggregated()) return entry;
    TlbEntry piece = entry;
    const arch::u64 offset = arch::align_down(va & arch::low_mask(entry.reach_shift), arch::u64{1} << shift);
    piece.va += offset;
    piece.pa += offset;
    piece.reach_shift = piece.page_shift = static_cast<arch::u8>(shift);
    return piece;
}

}  // namespace mmu
