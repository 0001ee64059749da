#include "mmu/tlb_hierarchy.h"

#include "mmu/coalescing.h"

namespace mmu {

using arch::u16;
using arch::u64;

namespace {

// What the pointer to a table of `level` decides, as log2 bytes: the reach of the descriptor that holds the pointer.
unsigned table_reach(const WalkParams& params, int level) { return arch::level_shift(params.granule, level - 1); }

}  // namespace

TlbHierarchy::TlbHierarchy(const MmuConfig& config)
    : walk_cache_{config.walk_cache},
      l1i_{config.l1i_tlb, config.replacement, config.replacement_seed},
      l1d_{config.l1d_tlb, config.replacement, config.replacement_seed},
      l2_{config.l2_tlb, config.replacement, config.replacement_seed} {}

unsigned TlbHierarchy::fill_part(Tlb& tlb, const TlbEntry& entry, u64 va) {
    if (entry.is_aggregated()) return fill(tlb, single_page(entry, va), va);
    return tlb.insert(piece_of(entry, va, tlb.held_reach(entry.reach_shift)));
}

std::optional<TablePointer> TlbHierarchy::find_table(u64 va, u16 asid, const WalkParams& params) {
    if (walk_cache_ == WalkCache::None) return std::nullopt;
    for (int level = arch::kLeafLevel; level > params.start_level; --level) {
        const unsigned slot = l2_.find_table(va, asid, table_reach(params, level));
        if (slot == Tlb::kNone) continue;
        l2_.touch(slot);
        const TlbEntry& entry = l2_.entry(slot);
        return TablePointer{entry.pa, entry.table_limits, static_cast<arch::i8>(entry.level)};
    }
    return std::nullopt;
}

void TlbHierarchy::fill_tables(std::span<const TablePointer> tables, u64 va, u16 asid, const WalkParams& params) {
    if (walk_cache_ == WalkCache::None) return;
    for (const TablePointer& table : tables) {
        const unsigned reach = table_reach(params, table.level);
        TlbEntry entry;
        entry.kind = TlbEntry::Kind::Table;
        entry.va = arch::align_down(static_cast<u64>(arch::sign_extend(va, 56)), u64{1} << reach);
        entry.pa = table.table;
        entry.asid = asid;
        entry.reach_shift = entry.leaf_shift = entry.page_shift = static_cast<arch::u8>(reach);
        entry.level = static_cast<arch::u8>(table.level);  // what a descriptor points to is at level 0 or below
        entry.table_limits = table.limits;
        l2_.insert(entry);
    }
}

void TlbHierarchy::drop(u64 va, u16 asid) {
    for (Tlb* tlb : {&l1i_, &l1d_, &l2_}) {
        for (unsigned slot = tlb->find(va, asid); slot != Tlb::kNone; slot = tlb->find(va, asid)) tlb->drop(slot);
    }
}

unsigned TlbHierarchy::invalidate(const arch::TlbInvalidation& tlbi) {
    return l1i_.invalidate(tlbi) + l1d_.invalidate(tlbi) + l2_.invalidate(tlbi);
}

}  // namespace mmu
