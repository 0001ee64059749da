// One TLB: set associative or fully associative, entries of mixed reach. A hash over (address, reach) finds entries
// in time that does not grow with the size; sets only decide who is evicted.
#pragma once

#include <array>
#include <vector>

#include "mmu/arch/tlbi.h"
#include "mmu/base/archive.h"
#include "mmu/config.h"
#include "mmu/lru_queue.h"
#include "mmu/slot_use.h"
#include "mmu/tlb_entry.h"

namespace mmu {

class Tlb {
public:
    static constexpr unsigned kNone = 0xffff;

    // `config` has passed validate(); `seed` is not 0.
    Tlb(const TlbConfig& config, Replacement replacement, arch::u64 seed);

    // Slot of the translation of `va` for `asid`, or kNone. Where several reaches match, the smallest: deterministic,
    // and one of the outcomes that the architecture allows. No effect on replacement.
    [[nodiscard]] unsigned find(arch::u64 va, arch::u16 asid) const;
    // Slot of the table pointer that decides 2^reach_shift bytes around `va`, or kNone.
    [[nodiscard]] unsigned find_table(arch::u64 va, arch::u16 asid, unsigned reach_shift) const;
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

    // log2 of the largest reach that this TLB can hold, at most `reach_shift`.
    [[nodiscard]] unsigned held_reach(unsigned reach_shift) const;

    [[nodiscard]] const TlbEntry& entry(unsigned slot) const { return entries_[slot]; }
    void set_dirty(unsigned slot, arch::u64 va) { entries_[slot].set_dirty(va); }
    [[nodiscard]] SlotUse& use(unsigned slot) { return use_[slot]; }
    [[nodiscard]] arch::u64& clock() { return clock_; }
    [[nodiscard]] unsigned live() const { return live_; }
    // Whether a translation of the upper half belongs to one ASID: kernels have none.
    [[nodiscard]] bool has_asid_bound_upper() const { return asid_bound_upper_ != 0; }
    [[nodiscard]] unsigned size() const { return static_cast<unsigned>(entries_.size()); }
    [[nodiscard]] bool is_live(unsigned slot) const { return tags_[slot].generation == generation_; }  // 0 never is

    void serialize(emu::Archive& archive);

private:
    // What a search compares. A slot is live while its generation is the TLB's.
    struct Tag {
        arch::u64 key{0};
        arch::u32 generation{0};
        arch::u32 owner{0};  // ASID, or kGlobalOwner

        void serialize(auto& archive) { archive(key, generation, owner); }
    };
    static constexpr arch::u32 kGlobalOwner = 0x10000;
    static constexpr unsigned kReachLimit = 64;

    [[nodiscard]] static arch::u64 key_of(arch::u64 va, unsigned reach_shift, TlbEntry::Kind kind);
    [[nodiscard]] static arch::u32 owner_of(const TlbEntry& entry) { return entry.global ? kGlobalOwner : entry.asid; }
    [[nodiscard]] std::size_t bucket_of(arch::u64 key) const { return (key * 0x9e3779b97f4a7c15u) >> bucket_shift_; }
    [[nodiscard]] unsigned head(std::size_t bucket) const;
    [[nodiscard]] unsigned find_exact(arch::u64 key, arch::u32 owner) const;
    [[nodiscard]] unsigned insert_aggregated(const TlbEntry& entry);
    [[nodiscard]] unsigned take_free();
    [[nodiscard]] unsigned victim(const TlbEntry& entry);
    void unlink(unsigned slot);
    void replace(unsigned slot, const TlbEntry& entry);
    void swallow_pages_of(const TlbEntry& aggregated);
    void drop_rivals(arch::u64 key, const TlbEntry& entry);
    void count(const TlbEntry& entry, int change);
    void new_life(unsigned slot);
    unsigned invalidate_all();
    unsigned invalidate_by_search(const arch::TlbInvalidation& tlbi, unsigned step);
    unsigned invalidate_chain(arch::u64 key, const arch::TlbInvalidation& tlbi);
    unsigned invalidate_slot(unsigned slot, const arch::TlbInvalidation& tlbi);

    unsigned ways_;
    unsigned set_mask_;
    arch::u64 page_sizes_;
    Replacement replacement_;
    arch::u64 random_;
    arch::u64 clock_{0};
    arch::u64 last_life_{0};
    arch::u32 generation_{1};
    unsigned live_{0};
    unsigned divided_{0};          // live entries that are pieces of a larger descriptor
    unsigned asid_bound_upper_{0}; // live translations of the upper half that are not global
    arch::u64 reaches_{0};         // bit n: a live translation of reach 2^n
    arch::u64 table_reaches_{0};   // the same of table pointers
    std::array<arch::u32, kReachLimit> reach_count_{};
    std::array<arch::u32, kReachLimit> table_reach_count_{};
    unsigned bucket_shift_{0};
    std::vector<arch::u32> heads_;  // generation in the upper half, slot in the lower
    std::vector<arch::u16> next_;
    std::vector<Tag> tags_;
    std::vector<SlotUse> use_;
    std::vector<TlbEntry> entries_;
    // Order of a large fully associative LRU TLB; small sets are scanned instead.
    bool uses_queue_;
    LruQueue queue_;
    std::vector<arch::u16> free_;  // dropped slots, taken before the queue is asked
};

}  // namespace mmu
