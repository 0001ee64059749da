// L1I, L1D and the unified L2 TLB, which may be split by size; what fills which; and the walk caches.
#pragma once

#include <optional>

#include "mmu/config.h"
#include "mmu/walk/walk_caches.h"

namespace mmu {

class TlbHierarchy {
public:
    explicit TlbHierarchy(const MmuConfig& config);
    TlbHierarchy(const TlbHierarchy&) = delete;
    TlbHierarchy& operator=(const TlbHierarchy&) = delete;

    [[nodiscard]] Tlb& l1(bool is_fetch) { return is_fetch ? l1i_ : l1d_; }
    [[nodiscard]] const Tlb& l1(bool is_fetch) const { return is_fetch ? l1i_ : l1d_; }
    [[nodiscard]] const Tlb& l2() const { return l2_; }
    // Of a split L2 TLB the part for large pages, else nullptr.
    [[nodiscard]] const Tlb* l2_large() const { return l2_large_ ? &*l2_large_ : nullptr; }
    [[nodiscard]] WalkCaches& walk_caches() { return walk_caches_; }
    [[nodiscard]] const WalkCaches& walk_caches() const { return walk_caches_; }

    // Calls visit(name, tlb) for all that holds entries: "l1i", "l1d", "l2", "l2-large", "walk-cache" and "ipa-cache" where they exist.
    void for_each(auto&& visit) const {
        visit("l1i", l1i_);
        visit("l1d", l1d_);
        visit("l2", l2_);
        if (l2_large_) visit("l2-large", *l2_large_);
        for (const Tlb& cache : walk_caches_.own()) visit("walk-cache", cache);
        if (ipa_cache_) visit("ipa-cache", *ipa_cache_);
    }

    // An entry of the L2 TLB, in either part; slot Tlb::kNone: none.
    struct L2Place {
        Tlb* tlb;
        unsigned slot;
    };
    [[nodiscard]] L2Place find_l2(arch::u64 va, arch::u16 asid) {
        const unsigned slot = l2_.find(va, asid);
        return slot != Tlb::kNone || !l2_large_ ? L2Place{&l2_, slot} : L2Place{&*l2_large_, l2_large_->find(va, asid)};
    }
    // Number of a slot of the L2 TLB: those of the part for large pages come last.
    [[nodiscard]] arch::u16 number_of(L2Place place) const {
        return static_cast<arch::u16>(place.slot + (place.tlb == &l2_ ? 0 : l2_.size()));
    }

    // After a walk: puts `entry` where it belongs. Returns the slot of the L1 TLB, and the number of that of the L2 TLB in
    // `l2_number`, which stays as it is where there is none.
    unsigned fill_from_walk(bool is_fetch, const TlbEntry& entry, arch::u64 va, arch::u16& l2_number) {
        if (inclusion_ != Inclusion::Neither) [[unlikely]] return fill_in_order(is_fetch, entry, va, l2_number);
        l2_number = number_of(fill_l2(entry, va));
        return fill(l1(is_fetch), entry, va);
    }
    // After a hit in the L2 TLB: puts that entry into L1 and returns its slot there.
    unsigned fill_from_l2(bool is_fetch, L2Place hit, arch::u64 va) {
        if (inclusion_ == Inclusion::Exclusive) [[unlikely]] return move_to_l1(is_fetch, hit, va);
        return fill(l1(is_fetch), hit.tlb->entry(hit.slot), va);
    }
    // Keeps the tables that a walk has found.
    void fill_tables(std::span<const TablePointer> tables, arch::u64 va, arch::u16 asid, const WalkParams& params) {
        walk_caches_.fill(tables, va, asid, params);
        if (inclusion_ == Inclusion::Inclusive) [[unlikely]] drop_l2_victims_from_l1();
    }
    // Puts `entry` into the L2 TLB only; returns the number of its slot. A search of all TLBs for `va` has failed.
    arch::u16 prefetch(const TlbEntry& entry, arch::u64 va);
    // Whether a prefetch of `va` has nothing to bring.
    [[nodiscard]] bool needs_no_prefetch(arch::u64 va, arch::u16 asid);

    // Cached translations of stage 2, by addresses that no virtual one equals (Stage2 chooses them); nullptr: none.
    [[nodiscard]] const TlbEntry* find_ipa(arch::u64 address);
    void fill_ipa(const TlbEntry& entry, arch::u64 address);
    void drop_ipa(arch::u64 address);

    // Drops every translation of `va` for `asid`.
    void drop(arch::u64 va, arch::u16 asid);
    // Returns what it removed from all TLBs and walk caches.
    unsigned invalidate(const arch::TlbInvalidation& tlbi);
    void serialize(emu::Archive& archive);

private:
    // Puts as much of `entry` around `va` into `tlb` as one of its entries can hold; returns the slot.
    static unsigned fill(Tlb& tlb, const TlbEntry& entry, arch::u64 va) {
        return tlb.can_hold(entry) ? tlb.insert(entry) : fill_part(tlb, entry, va);
    }
    static unsigned fill_part(Tlb& tlb, const TlbEntry& entry, arch::u64 va);
    L2Place fill_l2(const TlbEntry& entry, arch::u64 va) {
        Tlb& part = l2_large_ ? part_for(entry) : l2_;
        return {&part, fill(part, entry, va)};
    }
    [[nodiscard]] Tlb& part_for(const TlbEntry& entry);
    [[nodiscard]] L2Place find_ipa_place(arch::u64 address);

    // What Inclusion asks for.
    unsigned fill_in_order(bool is_fetch, const TlbEntry& entry, arch::u64 va, arch::u16& l2_number);
    unsigned move_to_l1(bool is_fetch, L2Place hit, arch::u64 va);
    unsigned fill_l1_and_keep_victims(bool is_fetch, const TlbEntry& entry, arch::u64 va);
    void drop_l2_victims_from_l1();

    Inclusion inclusion_;
    bool tlbi_flushes_l1_;
    Tlb l1i_;
    Tlb l1d_;
    Tlb l2_;
    std::optional<Tlb> l2_large_;
    WalkCaches walk_caches_;
    IpaCache ipa_cache_kind_;
    std::optional<Tlb> ipa_cache_;  // of IpaCache::Separate
    std::vector<TlbEntry> victims_;  // of the TLB that Inclusion watches, since it was last looked at
};

}  // namespace mmu
