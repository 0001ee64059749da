#include "mmu/tlb/tlb_hierarchy.h"

#include "mmu/tlb/coalescing.h"

namespace mmu {

using arch::u16;
using arch::u64;

namespace {

// An entry of a separate IPA cache holds what one descriptor or group of them maps, whatever its size: assumed.
constexpr const char* kAnySize = "4K,16K,64K,2M,32M,512M,1G,16G";

}  // namespace

TlbHierarchy::TlbHierarchy(const MmuConfig& config)
    : inclusion_{config.inclusion},
      tlbi_flushes_l1_{config.tlbi_flushes_l1},
      l1i_{config.l1i_tlb, config.replacement, config.replacement_seed},
      l1d_{config.l1d_tlb, config.replacement, config.replacement_seed},
      l2_{config.l2_tlb, config.replacement, config.replacement_seed},
      walk_caches_{config, l2_},
      ipa_cache_kind_{config.ipa_cache} {
    if (ipa_cache_kind_ == IpaCache::Separate)
        ipa_cache_.emplace(TlbConfig{config.ipa_caches.entries, config.ipa_caches.ways, kAnySize}, config.replacement, config.replacement_seed);
    if (config.l2_large_tlb.entries != 0) l2_large_.emplace(config.l2_large_tlb, config.replacement, config.replacement_seed);
    if (config.hpa != Aggregation::On) {
        l1i_.hold_single_pages();
        l1d_.hold_single_pages();
    }
    if (inclusion_ == Inclusion::Exclusive) {
        l1i_.report_victims(victims_);
        l1d_.report_victims(victims_);
    } else if (inclusion_ == Inclusion::Inclusive) {
        l2_.report_victims(victims_);
        if (l2_large_) l2_large_->report_victims(victims_);
    }
}

unsigned TlbHierarchy::fill_part(Tlb& tlb, const TlbEntry& entry, u64 va) {
    if (entry.is_aggregated()) return fill(tlb, single_page(entry, va), va);
    return tlb.insert(piece_of(entry, va, tlb.held_reach(entry.reach_shift)));
}

Tlb& TlbHierarchy::part_for(const TlbEntry& entry) {
    const unsigned reach = entry.is_aggregated() ? entry.page_shift : entry.reach_shift;
    return l2_large_->held_reach(reach) >= l2_.held_reach(reach) ? *l2_large_ : l2_;
}

u16 TlbHierarchy::prefetch(const TlbEntry& entry, u64 va) {
    const u16 number = number_of(fill_l2(entry, va));
    if (inclusion_ == Inclusion::Inclusive) drop_l2_victims_from_l1();
    return number;
}

bool TlbHierarchy::needs_no_prefetch(u64 va, u16 asid) {
    if (find_l2(va, asid).slot != Tlb::kNone) return true;
    if (inclusion_ != Inclusion::Exclusive) return false;
    return l1i_.find(va, asid) != Tlb::kNone || l1d_.find(va, asid) != Tlb::kNone;
}

// Inclusive: L1 is filled last, so that nothing that goes can take the new entry with it. Exclusive: L1 only, unless it
// holds but a piece; then L2 keeps the whole, which would be lost otherwise.
unsigned TlbHierarchy::fill_in_order(bool is_fetch, const TlbEntry& entry, u64 va, u16& l2_number) {
    Tlb& upper = l1(is_fetch);
    if (inclusion_ == Inclusion::Exclusive) {
        if (!upper.can_hold(entry)) l2_number = number_of(fill_l2(entry, va));
        return fill_l1_and_keep_victims(is_fetch, entry, va);
    }
    l2_number = number_of(fill_l2(entry, va));
    drop_l2_victims_from_l1();
    return fill(upper, entry, va);
}

void TlbHierarchy::drop_l2_victims_from_l1() {
    for (const TlbEntry& victim : victims_) {
        if (victim.kind == TlbEntry::Kind::Table) continue;
        l1i_.drop_overlapping(victim);
        l1d_.drop_overlapping(victim);
    }
    victims_.clear();
}

unsigned TlbHierarchy::move_to_l1(bool is_fetch, L2Place hit, u64 va) {
    const TlbEntry entry = hit.tlb->entry(hit.slot);
    if (l1(is_fetch).can_hold(entry)) hit.tlb->drop(hit.slot);
    return fill_l1_and_keep_victims(is_fetch, entry, va);
}

// A victim goes to L2 unless that has it: the other L1 TLB may have left it there, or it is a piece of what L2 kept. An
// aggregated one joins the pages that L2 has of its group.
unsigned TlbHierarchy::fill_l1_and_keep_victims(bool is_fetch, const TlbEntry& entry, u64 va) {
    const unsigned slot = fill(l1(is_fetch), entry, va);
    for (const TlbEntry& victim : victims_) {
        Tlb& part = l2_large_ ? part_for(victim) : l2_;
        const bool is_wanted = victim.is_aggregated() ? part.can_hold(victim) : find_l2(victim.va, victim.asid).slot == Tlb::kNone;
        if (is_wanted) static_cast<void>(fill(part, victim, victim.va));
    }
    victims_.clear();
    return slot;
}

// Stage 2 translations are global: any ASID finds them.
TlbHierarchy::L2Place TlbHierarchy::find_ipa_place(u64 address) {
    if (ipa_cache_kind_ == IpaCache::None) return {nullptr, Tlb::kNone};
    return ipa_cache_ ? L2Place{&*ipa_cache_, ipa_cache_->find(address, 0)} : find_l2(address, 0);
}

const TlbEntry* TlbHierarchy::find_ipa(u64 address) {
    const L2Place at = find_ipa_place(address);
    if (at.slot == Tlb::kNone) return nullptr;
    at.tlb->touch(at.slot);
    return &at.tlb->entry(at.slot);
}

void TlbHierarchy::fill_ipa(const TlbEntry& entry, u64 address) {
    if (ipa_cache_kind_ == IpaCache::None) return;
    if (ipa_cache_) static_cast<void>(fill(*ipa_cache_, entry, address));
    else static_cast<void>(prefetch(entry, address));
}

void TlbHierarchy::drop_ipa(u64 address) {
    for (L2Place at = find_ipa_place(address); at.slot != Tlb::kNone; at = find_ipa_place(address)) at.tlb->drop(at.slot);
}

void TlbHierarchy::drop(u64 va, u16 asid) {
    for (Tlb* tlb : {&l1i_, &l1d_, &l2_}) {
        for (unsigned slot = tlb->find(va, asid); slot != Tlb::kNone; slot = tlb->find(va, asid)) tlb->drop(slot);
    }
    for (L2Place at = find_l2(va, asid); at.slot != Tlb::kNone; at = find_l2(va, asid)) at.tlb->drop(at.slot);
}

unsigned TlbHierarchy::invalidate(const arch::TlbInvalidation& tlbi) {
    unsigned removed = l2_.invalidate(tlbi) + walk_caches_.invalidate(tlbi);
    if (l2_large_) removed += l2_large_->invalidate(tlbi);
    if (ipa_cache_) removed += ipa_cache_->invalidate(tlbi);
    const arch::TlbInvalidation all{};
    for (Tlb* tlb : {&l1i_, &l1d_}) removed += tlb->invalidate(tlbi_flushes_l1_ ? all : tlbi);
    return removed;
}

void TlbHierarchy::serialize(emu::Archive& archive) {
    archive(l1i_, l1d_, l2_, walk_caches_);
    if (l2_large_) archive(*l2_large_);
    if (ipa_cache_) archive(*ipa_cache_);
}

}  // namespace mmu
