#include "mmu/walk/walk_caches.h"

#include <algorithm>

namespace mmu {

using arch::u16;
using arch::u64;

namespace {

// What the pointer to a table of `level` decides, as log2 bytes: the reach of the descriptor that holds the pointer.
unsigned table_reach(const WalkParams& params, int level) { return arch::level_shift(params.granule, level - 1); }

TlbEntry entry_of(const TablePointer& table, unsigned reach, u64 va, u16 asid) {
    TlbEntry entry;
    entry.kind = TlbEntry::Kind::Table;
    entry.va = arch::align_down(static_cast<u64>(arch::sign_extend(va, 56)), u64{1} << reach);
    entry.pa = table.table;
    entry.asid = asid;
    entry.reach_shift = entry.leaf_shift = entry.page_shift = static_cast<arch::u8>(reach);
    entry.level = static_cast<arch::u8>(table.level);  // what a descriptor points to is at level 0 or below
    entry.table_limits = table.limits;
    return entry;
}

std::vector<unsigned> sizes_of(const MmuConfig& config) {
    const WalkCacheConfig& sizes = config.walk_caches;
    if (config.walk_cache == WalkCache::Separate) return {sizes.entries};
    if (config.walk_cache == WalkCache::Levels) return {sizes.level0_entries, sizes.level1_entries, sizes.level2_entries};
    return {};
}

}  // namespace

WalkCaches::WalkCaches(const MmuConfig& config, Tlb& l2) : kind_{config.walk_cache} {
    for (const unsigned entries : sizes_of(config))
        own_.emplace_back(TlbConfig{entries, config.walk_caches.ways, "4K"}, config.replacement, config.replacement_seed);
    by_level_.fill(own_.empty() ? &l2 : &own_.front());
    if (kind_ != WalkCache::Levels) return;
    for (std::size_t level = 1; level < by_level_.size(); ++level) by_level_[level] = &own_[level - 1];
}

std::optional<TablePointer> WalkCaches::find(u64 va, u16 asid, const WalkParams& params) {
    if (kind_ == WalkCache::None) return std::nullopt;
    unsigned reach = table_reach(params, arch::kLeafLevel);
    for (int level = arch::kLeafLevel; level > params.start_level; --level, reach += arch::level_bits(params.granule)) {
        Tlb& cache = cache_for(level);
        const unsigned slot = cache.find_table(va, asid, reach);
        if (slot == Tlb::kNone) continue;
        cache.touch(slot);
        const TlbEntry& entry = cache.entry(slot);
        return TablePointer{entry.pa, entry.table_limits, static_cast<arch::i8>(entry.level)};
    }
    return std::nullopt;
}

void WalkCaches::fill(std::span<const TablePointer> tables, u64 va, u16 asid, const WalkParams& params) {
    if (kind_ == WalkCache::None) return;
    for (const TablePointer& table : tables) {
        const unsigned reach = table_reach(params, table.level);
        static_cast<void>(cache_for(table.level).insert(entry_of(table, reach, va, asid)));
    }
}

unsigned WalkCaches::invalidate(const arch::TlbInvalidation& tlbi) {
    unsigned removed = 0;
    for (Tlb& cache : own_) removed += cache.invalidate(tlbi);
    return removed;
}

}  // namespace mmu
