#include "mmu/tlb.h"

#include <algorithm>
#include <bit>

#include "mmu/base/assert.h"
#include "mmu/coalescing.h"
#include "mmu/invalidation.h"
#include "mmu/replacement.h"

namespace mmu {

using arch::TlbInvalidation;
using arch::u16;
using arch::u32;
using arch::u64;
using Kind = TlbEntry::Kind;

namespace {

constexpr u64 kAddressMask = arch::low_mask(56);
constexpr u64 kTableKey = 64;  // above any reach, below any address
// A TLBI that would need more searches than this looks at every entry instead.
constexpr u64 kMaxSearches = 64;
constexpr unsigned kMaxScannedWays = 8;

u32 pack_head(u32 generation, unsigned slot) { return generation << 16 | slot; }

bool is_upper(const TlbEntry& entry) { return arch::BitField<55>::test(entry.va); }
bool is_asid_bound_upper(const TlbEntry& entry) {
    return entry.kind == Kind::Leaf && !entry.global && is_upper(entry);
}

// Whether two entries count in the same totals of a TLB.
bool counts_alike(const TlbEntry& a, const TlbEntry& b) {
    return a.kind == b.kind && a.reach_shift == b.reach_shift && a.leaf_shift == b.leaf_shift &&
           is_asid_bound_upper(a) == is_asid_bound_upper(b);
}

unsigned lowest_bit(u64 mask) { return static_cast<unsigned>(std::countr_zero(mask)); }

}  // namespace

Tlb::Tlb(const TlbConfig& config, Replacement replacement, u64 seed)
    : ways_{config.ways == 0 ? config.entries : config.ways},
      set_mask_{config.entries / ways_ - 1},
      page_sizes_{parse_page_sizes(config.page_sizes)},
      replacement_{replacement},
      random_{seed},
      uses_queue_{replacement == Replacement::Lru && ways_ == config.entries && ways_ > kMaxScannedWays},
      queue_{uses_queue_ ? ways_ : 0} {
    const unsigned bucket_bits = static_cast<unsigned>(std::bit_width(2 * config.entries));
    bucket_shift_ = 64 - bucket_bits;
    heads_.resize(std::size_t{1} << bucket_bits);
    next_.resize(config.entries, kNone);
    tags_.resize(config.entries);
    use_.resize(config.entries);
    entries_.resize(config.entries);
}

u64 Tlb::key_of(u64 va, unsigned reach_shift, Kind kind) {
    return (va & kAddressMask & ~arch::low_mask(reach_shift)) | (kind == Kind::Table ? kTableKey : 0) | reach_shift;
}

unsigned Tlb::head(std::size_t bucket) const {
    const u32 word = heads_[bucket];
    return word >> 16 == (generation_ & 0xffff) ? word & 0xffff : kNone;
}

unsigned Tlb::find(u64 va, u16 asid) const {
    for (u64 reaches = reaches_; reaches != 0; reaches &= reaches - 1) {
        const u64 key = key_of(va, lowest_bit(reaches), Kind::Leaf);
        for (unsigned slot = head(bucket_of(key)); slot != kNone; slot = next_[slot]) {
            const Tag& tag = tags_[slot];
            if (tag.key != key || (tag.owner != asid && tag.owner != kGlobalOwner)) continue;
            if (entries_[slot].holds_page_of(va)) return slot;
        }
    }
    return kNone;
}

unsigned Tlb::find_table(u64 va, u16 asid, unsigned reach_shift) const {
    if ((table_reaches_ >> reach_shift & 1) == 0) return kNone;
    return find_exact(key_of(va, reach_shift, Kind::Table), asid);
}

unsigned Tlb::find_exact(u64 key, u32 owner) const {
    for (unsigned slot = head(bucket_of(key)); slot != kNone; slot = next_[slot]) {
        if (tags_[slot].key == key && tags_[slot].owner == owner) return slot;
    }
    return kNone;
}

unsigned Tlb::held_reach(unsigned reach_shift) const {
    const u64 fitting = page_sizes_ & arch::low_mask(reach_shift + 1);
    EMU_ASSERT(fitting != 0, "every TLB holds the smallest page size");
    return static_cast<unsigned>(std::bit_width(fitting)) - 1;
}

unsigned Tlb::insert(const TlbEntry& entry) {
    if (entry.is_aggregated()) return insert_aggregated(entry);
    const unsigned slot = free_.empty() ? victim(entry) : take_free();
    replace(slot, entry);
    return slot;
}

unsigned Tlb::insert_aggregated(const TlbEntry& entry) {
    swallow_pages_of(entry);
    const unsigned same = find_exact(key_of(entry.va, entry.reach_shift, entry.kind), owner_of(entry));
    if (same != kNone) {
        replace(same, widened(entries_[same], entry));
        return same;
    }
    const unsigned slot = free_.empty() ? victim(entry) : take_free();
    replace(slot, entry);
    return slot;
}

unsigned Tlb::take_free() {
    const unsigned slot = free_.back();
    free_.pop_back();
    return slot;
}

void Tlb::swallow_pages_of(const TlbEntry& aggregated) {
    drop_rivals(key_of(aggregated.va, aggregated.reach_shift, Kind::Leaf), aggregated);
    if ((reaches_ >> aggregated.page_shift & 1) == 0) return;
    for (unsigned i = 0; i < 1u << (aggregated.reach_shift - aggregated.page_shift); ++i) {
        const u64 va = aggregated.va + (u64{i} << aggregated.page_shift);
        if (aggregated.holds_page_of(va)) drop_rivals(key_of(va, aggregated.page_shift, Kind::Leaf), aggregated);
    }
}

// Drops what has `key` and can serve an ASID that `entry` can serve; but not the entry that `entry` is to widen.
void Tlb::drop_rivals(u64 key, const TlbEntry& entry) {
    const bool same_group = key == key_of(entry.va, entry.reach_shift, Kind::Leaf);
    for (unsigned slot = head(bucket_of(key)); slot != kNone;) {
        const unsigned after = next_[slot];
        const Tag& tag = tags_[slot];
        const bool same_owner = tag.owner == owner_of(entry);
        const bool meets = same_owner || entry.global || tag.owner == kGlobalOwner;
        if (tag.key == key && meets && !(same_group && same_owner)) drop(slot);
        slot = after;
    }
}

// Slots that are not live go first. For LRU their stamps say so: a dropped slot's is 0, and those of before a
// TLBI of everything are older than any that came after.
unsigned Tlb::victim(const TlbEntry& entry) {
    if (uses_queue_) return queue_.oldest(use_);
    const unsigned first = (static_cast<unsigned>(entry.va >> entry.reach_shift) & set_mask_) * ways_;
    const std::span<const SlotUse> uses{use_.data() + first, ways_};
    if (replacement_ == Replacement::Lru) return first + lru_victim(uses);
    if (live_ < size()) {
        for (unsigned slot = first; slot < first + ways_; ++slot)
            if (!is_live(slot)) return slot;
    }
    return first + (replacement_ == Replacement::Plru ? plru_victim(uses) : random_victim(random_, ways_));
}

void Tlb::replace(unsigned slot, const TlbEntry& entry) {
    TlbEntry& old = entries_[slot];
    const bool was_live = is_live(slot);
    if (was_live) unlink(slot);
    // In the steady state like replaces like, and the totals stay.
    if (!was_live || !counts_alike(old, entry)) {
        if (was_live) count(old, -1);
        count(entry, +1);
    }
    old = entry;
    tags_[slot] = {key_of(entry.va, entry.reach_shift, entry.kind), generation_, owner_of(entry)};
    const std::size_t bucket = bucket_of(tags_[slot].key);
    next_[slot] = static_cast<u16>(head(bucket));
    heads_[bucket] = pack_head(generation_, slot);
    new_life(slot);
    touch(slot);
}

void Tlb::drop(unsigned slot) {
    EMU_DEBUG_ASSERT(is_live(slot), "only live entries are in the search chains");
    unlink(slot);
    count(entries_[slot], -1);
    tags_[slot].generation = 0;
    new_life(slot);
    if (uses_queue_) free_.push_back(static_cast<u16>(slot));
    else use_[slot].stamp = 0;
}

void Tlb::unlink(unsigned slot) {
    const std::size_t bucket = bucket_of(tags_[slot].key);
    const unsigned newest = head(bucket);
    if (newest == slot) {
        heads_[bucket] = pack_head(generation_, next_[slot]);
    } else {
        unsigned before = newest;
        while (next_[before] != slot) before = next_[before];
        next_[before] = next_[slot];
    }
}

void Tlb::count(const TlbEntry& entry, int change) {
    const auto step = static_cast<unsigned>(change);  // modulo 2^32: -1 takes one away
    const bool is_table = entry.kind == Kind::Table;
    u32& total = (is_table ? table_reach_count_ : reach_count_)[entry.reach_shift];
    u64& reaches = is_table ? table_reaches_ : reaches_;
    total += step;
    const u64 bit = u64{1} << entry.reach_shift;
    reaches = total != 0 ? reaches | bit : reaches & ~bit;
    live_ += step;
    if (entry.reach_shift < entry.leaf_shift) divided_ += step;
    if (is_asid_bound_upper(entry)) asid_bound_upper_ += step;
}

// Memos over the slot made before this no longer match.
void Tlb::new_life(unsigned slot) {
    const TlbEntry& entry = entries_[slot];
    use_[slot].life = Life::Serial::make(++last_life_) | Life::Shared::make(entry.global && is_upper(entry)) |
                      Life::ReachClass::make(reach_class(entry.reach_shift));
}

unsigned Tlb::invalidate(const TlbInvalidation& tlbi) {
    if (tlbi.scope == TlbInvalidation::Scope::All) return invalidate_all();
    if (live_ == 0) return 0;
    const unsigned step = lowest_bit(reaches_ | table_reaches_);
    // Pieces of a descriptor are found at other addresses than the operation's.
    if (is_by_address(tlbi) && divided_ == 0 && (tlbi.bytes >> step) < kMaxSearches) return invalidate_by_search(tlbi, step);
    unsigned removed = 0;
    for (unsigned slot = 0; slot < size(); ++slot)
        if (is_live(slot)) removed += invalidate_slot(slot, tlbi);
    return removed;
}

unsigned Tlb::invalidate_all() {
    const unsigned removed = live_;
    if ((++generation_ & 0xffff) == 0) {  // heads_ know 16 bits of it
        std::ranges::fill(heads_, 0);
        std::ranges::fill(tags_, Tag{});
        generation_ = 1;
    }
    reach_count_.fill(0);
    table_reach_count_.fill(0);
    free_.clear();  // all slots are free now, and the queue knows the oldest
    live_ = divided_ = asid_bound_upper_ = 0;
    reaches_ = table_reaches_ = 0;
    return removed;
}

unsigned Tlb::invalidate_by_search(const TlbInvalidation& tlbi, unsigned step) {
    unsigned removed = 0;
    const u64 first = arch::align_down(tlbi.va, u64{1} << step);
    for (u64 va = first; va - first < tlbi.va - first + tlbi.bytes; va += u64{1} << step) {
        for (u64 reaches = reaches_; reaches != 0; reaches &= reaches - 1)
            removed += invalidate_chain(key_of(va, lowest_bit(reaches), Kind::Leaf), tlbi);
        for (u64 reaches = table_reaches_; reaches != 0; reaches &= reaches - 1)
            removed += invalidate_chain(key_of(va, lowest_bit(reaches), Kind::Table), tlbi);
    }
    return removed;
}

unsigned Tlb::invalidate_chain(u64 key, const TlbInvalidation& tlbi) {
    unsigned removed = 0;
    for (unsigned slot = head(bucket_of(key)); slot != kNone;) {
        const unsigned after = next_[slot];
        if (tags_[slot].key == key) removed += invalidate_slot(slot, tlbi);
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
    archive(clock_, random_, generation_, live_, divided_, asid_bound_upper_, reaches_, table_reaches_, reach_count_, table_reach_count_,
            heads_, next_, tags_, entries_, queue_, free_);
    for (SlotUse& use : use_) archive(use.stamp);
    if (!archive.loading()) return;
    for (unsigned slot = 0; slot < size(); ++slot) new_life(slot);
}

}  // namespace mmu
