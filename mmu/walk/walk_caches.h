// Where walks find the tables that earlier walks have read: among the translations of the L2 TLB, or in caches of their own.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "mmu/tlb/tlb.h"
#include "mmu/walk/table_walker.h"

namespace mmu {

class WalkCaches {
public:
    // `l2`, which must outlive this, holds the pointers of WalkCache::L2Tlb.
    WalkCaches(const MmuConfig& config, Tlb& l2);

    // The lowest table pointer known for `va`, most recently used from now on; nullopt: none.
    [[nodiscard]] std::optional<TablePointer> find(arch::u64 va, arch::u16 asid, const WalkParams& params);
    // Keeps the tables that a walk has found.
    void fill(std::span<const TablePointer> tables, arch::u64 va, arch::u16 asid, const WalkParams& params);

    // Of the caches that are not the L2 TLB: how many entries went.
    unsigned invalidate(const arch::TlbInvalidation& tlbi);
    [[nodiscard]] const std::vector<Tlb>& own() const { return own_; }
    void serialize(auto& archive) {
        for (Tlb& cache : own_) archive(cache);
    }

private:
    // The cache for pointers to tables of `level`, which descriptors of the level above hold.
    [[nodiscard]] Tlb& cache_for(int level) { return *by_level_[static_cast<unsigned>(level)]; }

    WalkCache kind_;
    std::vector<Tlb> own_;
    std::array<Tlb*, arch::kLeafLevel + 1> by_level_;
};

}  // namespace mmu
