#include "mmu/tlb/tlb.h"

#include <algorithm>
#include <bit>

#include "mmu/base/assert.h"
#include "mmu/tlb/coalescing.h"
#include "mmu/tlb/invalidation.h"
#include "mmu/tlb/replacement.h"

namespace mmu {

using arch::TlbInvalidation;
using arch::u16;
using arch::u32;
using arch::u64;
using Kind = TlbEntry::Kind;

namespace {

// A TLBI that would need more searches than this looks at every entry instead.
constexpr u64 kMaxSearches = 64;
constexpr unsigned kMaxScannedWays = 8;

bool is_upper(u64 va) { return arch::BitField<55>::test(va); }

unsigned lowest_bit(u64 mask) { return static_cast<unsigned>(std::countr_zero(mask)); }

}  // namespace

Tlb::Tlb(const TlbConfig& config, Replacement replacement, u64 seed)
    : ways_{config.ways == 0 ? config.entries : config.ways},
      sets_{config.entries / ways_},
      set_mask_{std::has_single_bit(sets_) ? sets_ - 1 : 0},
      page_sizes_{parse_large_page_sizes(config.page_sizes)},
      replacement_{replacement},
      random_{seed},
      has_order_{replacement == Replacement::Lru && ways_ == config.entries && ways_ > kMaxScannedWays},
      order_{has_order_ ? ways_ : 0} {
    const unsigned bucket_bits = static_cast<unsigned>(std::bit_width(2 * config.entries));
    bucket_shift_ = 64 - bucket_bits;
    heads_.resize(std::size_t{1} << bucket_bits, kNone);
    tags_.resize(config.entries);
    use_.resize(config.entries);
    entries_.resize(config.entries);
}

Tlb::Tag Tlb::tag_of(const TlbEntry& entry) {
    return {.key = key_of(entry.va, entry.reach_shift, entry.kind),
            .owner = entry.global ? kGlobalOwner : entry.asid,
            .generation = 0,
            .next = kNone};
}

unsigned Tlb::find_near(unsigned first, u64 va, u16 asid) const {
    unsigned found = kNone;
    u64 found_reach = kRegionShift + 1;
    for (unsigned slot = first; slot != kNone; slot = tags_[slot].next) {
        const Tag& tag = tags_[slot];
        const u64 reach = tag.key & kReachAndKind;  // other entries in this bucket have a larger one, table pointers too
        if (reach >= found_reach || ((va ^ tag.key) & kAddressMask) >> reach != 0) continue;
        if ((tag.owner != asid && tag.owner != kGlobalOwner) || !entries_[slot].holds_page_of(va)) continue;
        found = slot;
        found_reach = reach;
    }
    return found;
}

unsigned Tlb::find_far(u64 va, u16 asid, u64 reaches) const {
    for (; reaches != 0; reaches &= reaches - 1) {
        const u64 key = key_of(va, lowest_bit(reaches), Kind::Leaf);
        for (unsigned slot = head(bucket_of(key)); slot != kNone; slot = tags_[slot].next) {
            const Tag& tag = tags_[slot];
            if (tag.key != key || (tag.owner != asid && tag.owner != kGlobalOwner)) continue;
            if (entries_[slot].holds_page_of(va)) return slot;
        }
    }
    return kNone;
}

bool Tlb::matches_several(u64 va, u16 asid) const {
    unsigned found = 0;
    for (unsigned slot = 0; slot < size(); ++slot) {
        const TlbEntry& entry = entries_[slot];
        if (!is_live(slot) || entry.kind != Kind::Leaf || (!entry.global && entry.asid != asid)) continue;
        found += ((va ^ entry.va) & kAddressMask) >> entry.reach_shift == 0 && entry.holds_page_of(va);
    }
    return found > 1;
}

unsigned Tlb::held_reach(unsigned reach_shift) const {
    const u64 fitting = page_sizes_ & arch::low_mask(reach_shift + 1);
    return fitting == 0 ? 0 : static_cast<unsigned>(std::bit_width(fitting)) - 1;
}

// Slots that are not live go first. For LRU their stamps say so: a dropped slot's is 0, and those of before a
// TLBI of everything are older than any that came after.
[[gnu::always_inline]] inline unsigned Tlb::victim(const TlbEntry& entry) {
    if (has_order_) return order_.oldest(use_);
    const unsigned first = set_of(entry) * ways_;
    const std::span<const SlotUse> uses{use_.data() + first, ways_};
    if (replacement_ == Replacement::Lru) return first + lru_victim(uses);
    if (live_ < size()) {
        for (unsigned slot = first; slot < first + ways_; ++slot)
            if (!is_live(slot)) return slot;
    }
    return first + (replacement_ == Replacement::Plru ? plru_victim(uses) : random_victim(random_, ways_));
}

unsigned Tlb::insert(const TlbEntry& entry) {
    const Tag tag = tag_of(entry);
    const unsigned same = entry.is_aggregated() ? swallow_pages_of(entry, tag) : kNone;
    const unsigned slot = same != kNone ? same : free_.empty() ? victim(entry) : take_free();
    if (victims_ != nullptr && same == kNone && is_live(slot)) victims_->push_back(entries_[slot]);
    prepare(slot, tag, entry.reach_shift < entry.leaf_shift);
    if (same == kNone) entries_[slot] = entry;
    else entries_[slot] = widened(entries_[same], entry);
    new_life(slot);
    touch(slot);
    return slot;
}

unsigned Tlb::take_free() {
    const unsigned slot = free_.back();
    free_.pop_back();
    return slot;
}

// Drops what can serve a page of `aggregated` for one of its ASIDs. Returns the entry that it is to widen instead, or kNone.
unsigned Tlb::swallow_pages_of(const TlbEntry& aggregated, const Tag& tag) {
    unsigned same = kNone;
    const auto search = [&](std::size_t bucket) {
        for (unsigned slot = head(bucket); slot != kNone;) {
            const unsigned after = tags_[slot].next;
            if (tags_[slot].key == tag.key && tags_[slot].owner == tag.owner) same = slot;
            else if (is_rival(slot, aggregated, tag)) drop(slot);
            slot = after;
        }
    };
    search(bucket_of(tag.key));
    if (aggregated.reach_shift <= kRegionShift) return same;
    for (u64 va = aggregated.va; va - aggregated.va < u64{1} << aggregated.reach_shift; va += u64{1} << aggregated.page_shift)
        search(bucket_of(key_of(va, aggregated.page_shift, Kind::Leaf)));
    return same;
}

bool Tlb::is_rival(unsigned slot, const TlbEntry& aggregated, const Tag& tag) const {
    const auto [key, owner, generation, next] = tags_[slot];
    if (((key ^ tag.key) & kAddressMask) >> aggregated.reach_shift != 0 || is_table(key)) return false;
    if (owner != tag.owner && !aggregated.global && owner != kGlobalOwner) return false;
    if (reach_of(key) == aggregated.reach_shift) return true;
    return reach_of(key) == aggregated.page_shift && aggregated.holds_page_of(key);
}

// Makes `slot` one that is found by `tag`, whatever it was before.
inline void Tlb::prepare(unsigned slot, const Tag& tag, bool divided) {
    Tag& old = tags_[slot];
    const bool was_live = is_live(slot);
    if (was_live) unlink(slot);
    // In the steady state like replaces like, and the totals stay.
    constexpr u64 kCounted = kReachAndKind | arch::BitField<55>::kMask;
    const bool alike = was_live && ((old.key ^ tag.key) & kCounted) == 0 &&
                       ((old.owner ^ tag.owner) & kGlobalOwner) == 0 && is_divided(slot) == divided;
    if (!alike) {
        if (was_live) count(old, is_divided(slot), -1U);
        count(tag, divided, +1);
    }
    u16& head = heads_[bucket_of(tag.key)];
    old = {.key = tag.key, .owner = tag.owner, .generation = generation_, .next = head};
    head = static_cast<u16>(slot);
}

void Tlb::drop(unsigned slot) {
    EMU_DEBUG_ASSERT(is_live(slot), "only live entries are in the search chains");
    unlink(slot);
    count(tags_[slot], is_divided(slot), -1U);
    tags_[slot].generation = 0;
    new_life(slot);
    if (has_order_) free_.push_back(static_cast<u16>(slot));
    else use_[slot].stamp = 0;
}

void Tlb::drop_overlapping(const TlbEntry& entry) {
    if (live_ == 0) return;
    const Tag tag = tag_of(entry);
    const u64 first = entry.va & kAddressMask;
    const u64 last = first + arch::low_mask(entry.reach_shift);
    for (unsigned slot = 0; slot < size(); ++slot) {
        const Tag& other = tags_[slot];
        const u64 start = arch::align_down(other.key & kAddressMask, u64{1} << reach_of(other.key));
        const bool meets = start <= last && first <= start + arch::low_mask(reach_of(other.key));
        if (meets && other.owner == tag.owner && !is_table(other.key) && is_live(slot)) drop(slot);
    }
}

inline void Tlb::unlink(unsigned slot) {
    u16* link = &heads_[bucket_of(tags_[slot].key)];
    while (*link != slot) link = &tags_[*link].next;
    *link = tags_[slot].next;
}

void Tlb::Reaches::add(unsigned reach_shift, u32 step) {
    count[reach_shift] += step;
    const u64 bit = u64{1} << reach_shift;
    present = count[reach_shift] != 0 ? present | bit : present & ~bit;
}

// `step` is 1 or, modulo 2^32, -1.
void Tlb::count(const Tag& tag, bool divided, u32 step) {
    const bool table = is_table(tag.key);
    (table ? tables_ : leaves_[is_upper(tag.key)]).add(reach_of(tag.key), step);
    live_ += step;
    if (divided) divided_ += step;
    if (!table && tag.owner != kGlobalOwner && is_upper(tag.key)) asid_bound_upper_ += step;
}

// Memos over the slot made before this no longer match.
inline void Tlb::new_life(unsigned slot) {
    const TlbEntry& entry = entries_[slot];
    use_[slot].life = Life::Serial::make(++last_life_) | Life::Shared::make(entry.global && is_upper(entry.va)) |
                      Life::ReachClass::make(reach_class(entry.reach_shift));
}

// Looks at every entry that may be concerned.
template <class MayConcern>
unsigned Tlb::invalidate_where(const TlbInvalidation& tlbi, MayConcern&& may_concern) {
    unsigned removed = 0;
    const unsigned slots = size();
    for (unsigned slot = 0; slot < slots; ++slot)
        if (may_concern(slot) && is_live(slot)) removed += invalidate_slot(slot, tlbi);
    return removed;
}

unsigned Tlb::invalidate(const TlbInvalidation& tlbi) {
    if (tlbi.scope == TlbInvalidation::Scope::All) return invalidate_all();
    if (live_ == 0) return 0;
    if (tlbi.scope == TlbInvalidation::Scope::Asid)
        return invalidate_where(tlbi, [&](unsigned slot) { return tags_[slot].owner == tlbi.asid; });
    // Pieces of a descriptor are found at other addresses than the operation's.
    unsigned removed = 0;
    if (divided_ != 0) removed = invalidate_where(tlbi, [&](unsigned slot) { return is_divided(slot); });
    const u64 smallest = lowest_bit(leaves_[0].present | leaves_[1].present | tables_.present);
    if (live_ == 0) return removed;
    if ((tlbi.bytes >> smallest) < kMaxSearches) return removed + invalidate_by_search(tlbi);
    return removed + invalidate_where(tlbi, [](unsigned) { return true; });
}

unsigned Tlb::invalidate_all() {
    const unsigned removed = live_;
    std::ranges::fill(heads_, static_cast<u16>(kNone));
    if (++generation_ == 0) {
        std::ranges::fill(tags_, Tag{});
        generation_ = 1;
    }
    for (Reaches* reaches : {&leaves_[0], &leaves_[1], &tables_}) *reaches = {};
    free_.clear();  // all slots are free now, and the order knows the oldest
    live_ = divided_ = asid_bound_upper_ = 0;
    return removed;
}

unsigned Tlb::invalidate_by_search(const TlbInvalidation& tlbi) {
    const u64 leaves = leaves_[0].present | leaves_[1].present;
    unsigned removed = invalidate_spans(tlbi, leaves & ~kNearReaches, Kind::Leaf);
    if ((leaves & kNearReaches) != 0) removed += invalidate_spans(tlbi, u64{1} << kRegionShift, Kind::Leaf);
    if (!tlbi.last_level_only) removed += invalidate_spans(tlbi, tables_.present, Kind::Table);
    return removed;
}

// Looks into the buckets of all entries of `kind` and these reaches that meet the range.
unsigned Tlb::invalidate_spans(const TlbInvalidation& tlbi, u64 reaches, Kind kind) {
    unsigned removed = 0;
    for (; reaches != 0; reaches &= reaches - 1) {
        const unsigned reach = lowest_bit(reaches);
        const u64 first = arch::align_down(tlbi.va, u64{1} << reach);
        for (u64 va = first; va - first < tlbi.va - first + tlbi.bytes; va += u64{1} << reach)
            removed += invalidate_bucket(bucket_of(key_of(va, reach, kind)), tlbi);
    }
    return removed;
}

unsigned Tlb::invalidate_bucket(std::size_t bucket, const TlbInvalidation& tlbi) {
    unsigned removed = 0;
    for (unsigned slot = head(bucket); slot != kNone;) {
        const unsigned after = tags_[slot].next;
        removed += invalidate_slot(slot, tlbi);
        slot = after;
    }
    return removed;
}

unsigned Tlb::invalidate_slot(unsigned slot, const TlbInvalidation& tlbi) {
    TlbEntry& entry = entries_[slot];
    if (!matches(tlbi, entry)) return 0;
    const unsigned hit = pages_hit(tlbi, entry);
    const unsigned left = entry.valid_pages & ~hit;
    if (left == 0) {
        drop(slot);
        return is_by_address(tlbi) ? static_cast<unsigned>(std::popcount(hit)) : 1;
    }
    entry.valid_pages = static_cast<arch::u8>(left);
    entry.clean_pages = static_cast<arch::u8>(entry.clean_pages & left);
    new_life(slot);
    return static_cast<unsigned>(std::popcount(hit));
}

void Tlb::serialize(emu::Archive& archive) {
    archive(clock_, random_, generation_, live_, divided_, asid_bound_upper_, leaves_, tables_, heads_, tags_,
            entries_, free_);
    for (SlotUse& use : use_) archive(use.stamp);
    if (!archive.loading()) return;
    for (unsigned slot = 0; slot < size(); ++slot) new_life(slot);
    if (has_order_) order_.begin_anew(use_);
}

}  // namespace mmu
