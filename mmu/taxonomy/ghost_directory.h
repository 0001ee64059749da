// What would be in a TLB had there been no TLBI, beside the TLB that there is: a directory that sees the same accesses. It
// remembers of each translation whether the TLB still holds it, and if not, which TLBI took it.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "mmu/tlb/tlb.h"

namespace mmu {

// Who issued a TLBI: a number from 1 on that the user of the directory chooses; 0 is nobody.
using TlbiIssuer = arch::u16;

class GhostDirectory {
public:
    static constexpr unsigned kNone = Tlb::kNone;

    // As begin().
    explicit GhostDirectory(const Tlb& start);
    // Holds what `real` holds now, everything in slots of the same numbers, and has seen no TLBI of it.
    void begin(const Tlb& real);
    // Whether it differs from `real` in nothing that later accesses could tell, both being LRU: equal entries in every set,
    // last used in the same order, none that a TLBI removed.
    [[nodiscard]] bool is_in_step_with(const Tlb& real) const;
    // `entry` is, or was, in a TLB that this directory has been in step with.
    void note(const TlbEntry& entry) { has_pieces_ |= entry.reach_shift < entry.leaf_shift; }
    // Whether `tlbi` may concern anything in `real`, which this directory is in step with.
    [[nodiscard]] bool may_concern(const arch::TlbInvalidation& tlbi, const Tlb& real) const;

    // The translation in `slot` was used.
    void touch(unsigned slot) { tlb_.touch(slot); }
    // The TLB holds `entry` in `real_slot` and has used it; returns its slot here. Real slots whose translation is no longer
    // here because of that are appended to `unlinked`.
    unsigned place(const TlbEntry& entry, unsigned real_slot, std::vector<unsigned>& unlinked);
    // `real_slot` holds something else than what is in `slot` here, for lack of room.
    void evicted(unsigned slot, unsigned real_slot);
    void invalidated(const arch::TlbInvalidation& tlbi, TlbiIssuer issuer);
    // A walk of `va` has ended: uses the table pointers that the TLB would have used, and takes those that `real` now has.
    void walked(arch::u64 va, arch::u16 asid, arch::Granule granule, const Tlb& real, std::vector<unsigned>& unlinked);

    // Who removed the translation of `va` that is still here; 0: it is not here, or no TLBI removed it.
    [[nodiscard]] TlbiIssuer remover_of(arch::u64 va, arch::u16 asid) const { return stale_ == 0 ? TlbiIssuer{0} : find_remover(va, asid); }
    // Whether the translation that `entry` gives `va` is here; of a null `entry`, whether there is any.
    [[nodiscard]] bool has(arch::u64 va, arch::u16 asid, const TlbEntry* entry);
    [[nodiscard]] const Tlb& tlb() const { return tlb_; }

private:
    struct State {
        unsigned real_slot{kNone};  // kNone: the TLB does not hold it
        TlbiIssuer remover{0};
        arch::u8 removed_pages{0};  // of an aggregated entry; else bit 0
        bool outdated{false};       // a TLBI came after the TLB had evicted it
        bool refetched{false};      // parts of what was removed came back as smaller entries

        [[nodiscard]] bool stale() const { return remover != 0 || outdated; }
    };
    // A page of which there is no translation: what has just been looked for in vain is what is placed next.
    struct Absent {
        arch::u64 va{~arch::u64{0}};  // of any byte; at first one that nobody looks for
        arch::u16 asid{0};
    };
    static constexpr unsigned kPartsShift = 9;
    using Parts = std::array<arch::u64, (arch::u64{1} << kPartsShift) / 64>;  // a bit each

    [[nodiscard]] static unsigned part_shift(const TlbEntry& entry);
    [[nodiscard]] unsigned find(arch::u64 va, arch::u16 asid) const;
    [[nodiscard]] TlbiIssuer find_remover(arch::u64 va, arch::u16 asid) const;
    [[nodiscard]] bool is_refetched(unsigned slot, arch::u64 va) const;
    void note_refetch(const TlbEntry& entry);
    void drop_stale_within(const TlbEntry& entry, std::vector<unsigned>& unlinked);
    void set_state(unsigned slot, const State& state, std::vector<unsigned>& unlinked) {
        State& old = states_[slot];
        if (old.real_slot != kNone && old.real_slot != state.real_slot) unlinked.push_back(old.real_slot);
        stale_ += static_cast<unsigned>(state.stale()) - static_cast<unsigned>(old.stale());
        if (old.refetched) [[unlikely]] refetched_.erase(slot);
        old = state;
    }
    void invalidate_slot(unsigned slot, const arch::TlbInvalidation& tlbi, TlbiIssuer issuer);
    unsigned insert(const TlbEntry& entry, unsigned real_slot, std::vector<unsigned>& unlinked);
    void begin_states();
    [[nodiscard]] unsigned real_slot_of(unsigned slot, const Tlb& real) const;
    [[nodiscard]] bool is_set_in_step(unsigned first, const Tlb& real, std::vector<unsigned>& slots) const;
    [[nodiscard]] bool is_searched(const arch::TlbInvalidation& tlbi) const;

    Tlb tlb_;
    std::vector<State> states_;  // by slot
    std::map<unsigned, Parts> refetched_;  // by slot, of states that are
    unsigned stale_{0};          // states that are
    Absent absent_;              // until the next translation comes
    bool has_pieces_{false};     // or had, of larger descriptors: a TLBI finds them at other addresses
};

}  // namespace mmu
