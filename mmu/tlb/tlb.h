// One TLB: set associative or fully associative, entries of mixed reach. Buckets of a hash over the address find entries in
// time that does not grow with the size; sets only decide who is evicted. Translations of up to a region of 16 KiB are in
// the bucket of their region whatever their reach, so one look finds a page, its aggregated group, and what rivals them.
#pragma once

#include <array>
#include <vector>

#include "mmu/arch/tlbi.h"
#include "mmu/base/archive.h"
#include "mmu/config.h"
#include "mmu/tlb/lru_order.h"
#include "mmu/tlb/slot_use.h"
#include "mmu/tlb/tlb_entry.h"

namespace mmu {

class Tlb {
public:
    static constexpr unsigned kNone = 0xffff;

    // `config` has passed validate(); `seed` is not 0.
    Tlb(const TlbConfig& config, Replacement replacement, arch::u64 seed);
    // From now on entries of several pages are held one page each.
    void hold_single_pages() { aggregates_ = false; }
    // From now on insert() appends to `victims` each live entry that it evicts. `victims` must outlive the TLB.
    void report_victims(std::vector<TlbEntry>& victims) { victims_ = &victims; }
    // For a copy, which is nobody's business.
    void report_no_victims() { victims_ = nullptr; }

    // Slot of the translation of `va` for `asid`, or kNone. Where several reaches match, the smallest: deterministic,
    // and one of the outcomes that the architecture allows. No effect on replacement.
    [[nodiscard]] unsigned find(arch::u64 va, arch::u16 asid) const {
        const arch::u64 reaches = leaves_[va >> 55 & 1].present;
        const unsigned first = (reaches & kNearReaches) != 0 ? head(near_bucket(va)) : kNone;
        const unsigned near = first != kNone ? find_near(first, va, asid) : kNone;
        const arch::u64 far = reaches & ~kNearReaches;
        return near != kNone || far == 0 ? near : find_far(va, asid, far);
    }
    // Whether more than one translation of `va` for `asid` is in. Looks at every entry.
    [[nodiscard]] bool matches_several(arch::u64 va, arch::u16 asid) const;
    // Slot of the table pointer that decides 2^reach_shift bytes around `va`, or kNone.
    [[nodiscard]] unsigned find_table(arch::u64 va, arch::u16 asid, unsigned reach_shift) const {
        return (tables_.present >> reach_shift & 1) != 0 ? find_exact(key_of(va, reach_shift, TlbEntry::Kind::Table), asid) : kNone;
    }
    // A hit: makes the slot the most recently used one.
    void touch(unsigned slot) { use_[slot].stamp = ++clock_; }

    // Puts `entry` in, evicting if need be, and returns its slot. A search for it must have failed before. An aggregated
    // one replaces, or if they agree widens, another of its group, and swallows other entries of its pages: a page must not
    // be found twice, for then which entry serves it would depend on the order of fills.
    unsigned insert(const TlbEntry& entry);
    // Removes what `tlbi` matches; returns how many entries (by address: how many valid bits) that were. Memos over
    // the slots die, but after Scope::All the caller has to drop them: that operation touches no slot.
    unsigned invalidate(const arch::TlbInvalidation& tlbi);
    void drop(unsigned slot);
    // Drops the translations of the same owner (ASID, or global) that share addresses with `entry`.
    void drop_overlapping(const TlbEntry& entry);

    // Whether an entry here can be as large as `entry`. An aggregated one is one of a page size that the TLB has, with more valid bits.
    [[nodiscard]] bool can_hold(const TlbEntry& entry) const {
        return entry.is_aggregated() ? aggregates_ && holds_reach(entry.page_shift) : holds_reach(entry.reach_shift);
    }
    // log2 of the largest reach that this TLB can hold, at most `reach_shift`; 0: none.
    [[nodiscard]] unsigned held_reach(unsigned reach_shift) const;

    [[nodiscard]] const TlbEntry& entry(unsigned slot) const { return entries_[slot]; }
    void set_dirty(unsigned slot, arch::u64 va) { entries_[slot].set_dirty(va); }
    void set_used(unsigned slot) { entries_[slot].prefetched = false; }
    [[nodiscard]] SlotUse& use(unsigned slot) { return use_[slot]; }
    [[nodiscard]] const SlotUse& use(unsigned slot) const { return use_[slot]; }
    [[nodiscard]] arch::u64& clock() { return clock_; }
    [[nodiscard]] arch::u64 clock() const { return clock_; }
    [[nodiscard]] unsigned live() const { return live_; }
    // Slots of a set, which follow one another.
    [[nodiscard]] unsigned ways() const { return ways_; }
    // Whether a translation of the upper half belongs to one ASID: kernels have none.
    [[nodiscard]] bool has_asid_bound_upper() const { return asid_bound_upper_ != 0; }
    [[nodiscard]] unsigned size() const { return static_cast<unsigned>(entries_.size()); }
    [[nodiscard]] bool is_live(unsigned slot) const { return tags_[slot].generation == generation_; }  // 0 never is

    void serialize(emu::Archive& archive);

private:
    // What a search compares, and the next slot of its bucket. A slot is live while its generation is the TLB's.
    struct Tag {
        arch::u64 key{0};
        arch::u32 owner{0};       // ASID, or kGlobalOwner
        arch::u16 generation{0};
        arch::u16 next{kNone};

        void serialize(auto& archive) { archive(key, owner, generation, next); }
    };
    static constexpr arch::u32 kGlobalOwner = 0x10000;
    static constexpr unsigned kReachLimit = 64;
    static constexpr unsigned kRegionShift = 14;
    static constexpr arch::u64 kNearReaches = arch::low_mask(kRegionShift + 1);

    // Reaches of live entries, bit n for 2^n, and how many entries each has.
    struct Reaches {
        arch::u64 present{0};
        std::array<arch::u32, kReachLimit> count{};

        void add(unsigned reach_shift, arch::u32 step);
        void serialize(auto& archive) { archive(present, count); }
    };

    static constexpr arch::u64 kAddressMask = arch::low_mask(56);
    static constexpr arch::u64 kTableKey = 64;  // above any reach, below any address
    static constexpr arch::u64 kReachAndKind = 2 * kTableKey - 1;

    [[nodiscard]] static arch::u64 key_of(arch::u64 va, unsigned reach_shift, TlbEntry::Kind kind) {
        return (va & kAddressMask) >> reach_shift << reach_shift | (kind == TlbEntry::Kind::Table ? kTableKey : 0) | reach_shift;
    }
    [[nodiscard]] static unsigned reach_of(arch::u64 key) { return static_cast<unsigned>(key & (kTableKey - 1)); }
    [[nodiscard]] static bool is_table(arch::u64 key) { return (key & kTableKey) != 0; }
    [[nodiscard]] static Tag tag_of(const TlbEntry& entry);
    [[nodiscard]] std::size_t hash(arch::u64 spread) const { return (spread * 0x9e3779b97f4a7c15u) >> bucket_shift_; }
    [[nodiscard]] std::size_t near_bucket(arch::u64 va) const { return hash((va & kAddressMask) >> kRegionShift << kRegionShift); }
    [[nodiscard]] std::size_t bucket_of(arch::u64 key) const {
        return (key & kReachAndKind) <= kRegionShift ? near_bucket(key) : hash(key);
    }
    [[nodiscard]] unsigned head(std::size_t bucket) const { return heads_[bucket]; }
    // Whether it is a piece of a larger descriptor.
    [[nodiscard]] bool is_divided(unsigned slot) const { return entries_[slot].reach_shift < entries_[slot].leaf_shift; }
    [[nodiscard]] bool holds_reach(unsigned reach_shift) const { return (page_sizes_ >> reach_shift & 1) != 0; }
    [[nodiscard]] unsigned set_of(const TlbEntry& entry) const {
        const arch::u64 block = (entry.va & kAddressMask) >> entry.reach_shift;
        return set_mask_ != 0 || sets_ == 1 ? static_cast<unsigned>(block) & set_mask_ : static_cast<unsigned>(block % sets_);
    }
    [[nodiscard]] unsigned find_exact(arch::u64 key, arch::u32 owner) const {
        unsigned slot = head(bucket_of(key));
        while (slot != kNone && (tags_[slot].key != key || tags_[slot].owner != owner)) slot = tags_[slot].next;
        return slot;
    }
    [[nodiscard]] unsigned find_near(unsigned first, arch::u64 va, arch::u16 asid) const;
    [[nodiscard]] unsigned find_far(arch::u64 va, arch::u16 asid, arch::u64 reaches) const;
    [[nodiscard]] unsigned swallow_pages_of(const TlbEntry& aggregated, const Tag& tag);
    [[nodiscard]] bool is_rival(unsigned slot, const TlbEntry& aggregated, const Tag& tag) const;
    [[nodiscard]] unsigned take_free();
    [[nodiscard]] unsigned victim(const TlbEntry& entry);
    void unlink(unsigned slot);
    void prepare(unsigned slot, const Tag& tag, bool divided);
    void count(const Tag& tag, bool divided, arch::u32 step);
    void new_life(unsigned slot);
    unsigned invalidate_all();
    template <class MayConcern>
    unsigned invalidate_where(const arch::TlbInvalidation& tlbi, MayConcern&& may_concern);
    unsigned invalidate_by_search(const arch::TlbInvalidation& tlbi);
    unsigned invalidate_spans(const arch::TlbInvalidation& tlbi, arch::u64 reaches, TlbEntry::Kind kind);
    unsigned invalidate_bucket(std::size_t bucket, const arch::TlbInvalidation& tlbi);
    unsigned invalidate_slot(unsigned slot, const arch::TlbInvalidation& tlbi);

    unsigned ways_;
    unsigned sets_;
    unsigned set_mask_;  // 0 where the sets are no power of two
    arch::u64 page_sizes_;
    bool aggregates_{true};
    std::vector<TlbEntry>* victims_{nullptr};
    Replacement replacement_;
    arch::u64 random_;
    arch::u64 clock_{0};
    arch::u64 last_life_{0};
    arch::u16 generation_{1};
    unsigned live_{0};
    unsigned divided_{0};          // live entries that are pieces of a larger descriptor
    unsigned asid_bound_upper_{0}; // live translations of the upper half that are not global
    std::array<Reaches, 2> leaves_{};  // of translations: of the lower half, of the upper
    Reaches tables_{};                 // of table pointers
    unsigned bucket_shift_{0};
    std::vector<arch::u16> heads_;  // first slot of each bucket, or kNone
    std::vector<Tag> tags_;
    std::vector<SlotUse> use_;
    std::vector<TlbEntry> entries_;
    // Order of a fully associative LRU TLB; small sets are scanned instead.
    bool has_order_;
    LruOrder order_;
    std::vector<arch::u16> free_;  // dropped slots, taken before the order is asked
};

}  // namespace mmu
