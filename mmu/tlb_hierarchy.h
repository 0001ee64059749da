// L1I, L1D and the unified L2 TLB, which also holds the table pointers of walks.
#pragma once

#include <span>

#include "mmu/config.h"
#include "mmu/table_walker.h"
#include "mmu/tlb.h"

namespace mmu {

class TlbHierarchy {
public:
    explicit TlbHierarchy(const MmuConfig& config);

    [[nodiscard]] Tlb& l1(bool is_fetch) { return is_fetch ? l1i_ : l1d_; }
    [[nodiscard]] Tlb& l2() { return l2_; }
    [[nodiscard]] const Tlb& l1(bool is_fetch) const { return is_fetch ? l1i_ : l1d_; }
    [[nodiscard]] const Tlb& l2() const { return l2_; }

    // Puts as much of `entry` around `va` into `tlb` as one of its entries can hold; returns the slot.
    unsigned fill(Tlb& tlb, const TlbEntry& entry, arch::u64 va) {
        // An aggregated entry is one of a page size that the TLB has, with more valid bits.
        const bool whole = tlb.holds_reach(entry.is_aggregated() ? entry.page_shift : entry.reach_shift);
        return whole ? tlb.insert(entry) : fill_part(tlb, entry, va);
    }

    // The lowest table pointer that the walk cache has for `va`, most recently used from now on; nullopt: none.
    [[nodiscard]] std::optional<TablePointer> find_table(arch::u64 va, arch::u16 asid, const WalkParams& params);
    // Keeps the tables that a walk has found.
    void fill_tables(std::span<const TablePointer> tables, arch::u64 va, arch::u16 asid, const WalkParams& params);

    // Drops every translation of `va` for `asid`.
    void drop(arch::u64 va, arch::u16 asid);
    unsigned invalidate(const arch::TlbInvalidation& tlbi);
    void serialize(emu::Archive& archive) { archive(l1i_, l1d_, l2_); }

private:
    unsigned fill_part(Tlb& tlb, const TlbEntry& entry, arch::u64 va);

    WalkCache walk_cache_;
    Tlb l1i_;
    Tlb l1d_;
    Tlb l2_;
};

}  // namespace mmu
