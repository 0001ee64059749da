// Which TLB entries a TLBI removes: one predicate for all operations, scopes and entry kinds.
// Arm: "TLB maintenance instructions", AArch64.TLBI_VA and its relatives.
#pragma once

#include "mmu/arch/tlbi.h"
#include "mmu/tlb/tlb_entry.h"

namespace mmu {

// Whether `tlbi` concerns `entry` at all. Of an aggregated entry it may concern some pages only: see pages_hit.
//  - A page inside a contiguous entry, or inside any piece of a block, drops it: software issues one TLBI for what
//    one descriptor maps.
//  - A level hint that is not the entry's level leaves the entry: with a wrong TTL a TLBI may do nothing, and we choose
//    that it does.
//  - Table pointers go unless last_level_only; a level hint is about leaves and does not keep them.
[[nodiscard]] bool matches(const arch::TlbInvalidation& tlbi, const TlbEntry& entry);

// The bits of valid_pages that a matching `tlbi` clears; all of them unless by address and aggregated.
[[nodiscard]] arch::u8 pages_hit(const arch::TlbInvalidation& tlbi, const TlbEntry& entry);

[[nodiscard]] constexpr bool is_by_address(const arch::TlbInvalidation& tlbi) {
    using Scope = arch::TlbInvalidation::Scope;
    return tlbi.scope == Scope::VaAsid || tlbi.scope == Scope::VaAllAsids;
}

}  // namespace mmu
