#include "mmu/taxonomy/ghost_directory.h"

#include <algorithm>
#include <bit>

#include "mmu/tlb/invalidation.h"

namespace mmu {

using arch::u16;
using arch::u64;
using Kind = TlbEntry::Kind;

namespace {

constexpr unsigned kPageShift = 12;      // the smallest page of any granule
constexpr u64 kMaxSearches = 64;
constexpr unsigned kMaxSearchedShift = kPageShift + 9;

// Of the first page that it translates.
u64 first_page(const TlbEntry& entry) {
    return entry.va + (u64{static_cast<unsigned>(std::countr_zero(entry.valid_pages))} << entry.page_shift);
}

bool same_block(const TlbEntry& a, const TlbEntry& b) {
    return a.va == b.va && a.reach_shift == b.reach_shift && a.page_shift == b.page_shift && a.global == b.global && a.asid == b.asid;
}

// Whether `a` translates all that `b` does, to the same addresses.
bool covers(const TlbEntry& a, const TlbEntry& b) {
    return same_block(a, b) && a.pa == b.pa && (b.valid_pages & ~a.valid_pages) == 0;
}

// Whether nothing here, nor in Tlb::insert and matches(), tells `a` from `b`. Attributes decide what an aggregated entry joins.
bool acts_alike(const TlbEntry& a, const TlbEntry& b) {
    if (!same_block(a, b) || a.kind != b.kind || a.level != b.level || a.leaf_shift != b.leaf_shift) return false;
    if (a.kind == Kind::Table) return true;
    if (!a.is_aggregated()) return a.pa == b.pa && a.valid_pages == b.valid_pages;
    TlbEntry other = b;
    other.clean_pages = a.clean_pages;
    other.prefetched = a.prefetched;
    return a == other;
}

}  // namespace

GhostDirectory::GhostDirectory(const Tlb& start) : tlb_{start} { begin_states(); }

void GhostDirectory::begin(const Tlb& real) {
    tlb_ = real;
    begin_states();
}

void GhostDirectory::begin_states() {
    tlb_.report_no_victims();
    states_.assign(tlb_.size(), {});
    refetched_.clear();
    stale_ = 0;
    absent_ = {};
    for (unsigned slot = 0; slot < tlb_.size(); ++slot) {
        if (!tlb_.is_live(slot) || tlb_.entry(slot).kind != Kind::Leaf) continue;
        states_[slot].real_slot = slot;
        note(tlb_.entry(slot));
    }
}

unsigned GhostDirectory::real_slot_of(unsigned slot, const Tlb& real) const {
    const TlbEntry& entry = tlb_.entry(slot);
    return entry.kind == Kind::Table ? real.find_table(entry.va, entry.asid, entry.reach_shift) : states_[slot].real_slot;
}

bool GhostDirectory::is_in_step_with(const Tlb& real) const {
    if (stale_ != 0 || tlb_.live() != real.live()) return false;
    std::vector<unsigned> slots;
    for (unsigned first = 0; first < tlb_.size(); first += tlb_.ways())
        if (!is_set_in_step(first, real, slots)) return false;
    return true;
}

// With as many live entries in all it is enough that each one here has its like there. `slots` is for reuse.
bool GhostDirectory::is_set_in_step(unsigned first, const Tlb& real, std::vector<unsigned>& slots) const {
    slots.clear();
    for (unsigned slot = first; slot < first + tlb_.ways(); ++slot)
        if (tlb_.is_live(slot)) slots.push_back(slot);
    std::sort(slots.begin(), slots.end(), [&](unsigned a, unsigned b) { return tlb_.use(a).stamp < tlb_.use(b).stamp; });
    u64 before = 0;
    for (const unsigned slot : slots) {
        const unsigned twin = real_slot_of(slot, real);
        if (twin == kNone || !real.is_live(twin) || !acts_alike(tlb_.entry(slot), real.entry(twin))) return false;
        if (real.use(twin).stamp <= before) return false;
        before = real.use(twin).stamp;
    }
    return true;
}

unsigned GhostDirectory::part_shift(const TlbEntry& entry) {
    return entry.reach_shift > kPageShift + kPartsShift ? entry.reach_shift - kPartsShift : kPageShift;
}

inline unsigned GhostDirectory::insert(const TlbEntry& entry, unsigned real_slot, std::vector<unsigned>& unlinked) {
    const unsigned slot = tlb_.insert(entry);
    if (entry.kind == Kind::Leaf) absent_ = {};
    set_state(slot, {}, unlinked);
    states_[slot].real_slot = real_slot;
    note(entry);
    return slot;
}

inline unsigned GhostDirectory::find(u64 va, u16 asid) const {
    const bool is_absent = (va ^ absent_.va) >> kPageShift == 0 && asid == absent_.asid;
    return is_absent ? kNone : tlb_.find(va, asid);
}

unsigned GhostDirectory::place(const TlbEntry& entry, unsigned real_slot, std::vector<unsigned>& unlinked) {
    unsigned slot = find(first_page(entry), entry.asid);
    if (slot != kNone && covers(tlb_.entry(slot), entry)) {
        tlb_.touch(slot);
        State now = states_[slot];
        now.real_slot = real_slot;
        now.outdated = false;
        now.removed_pages = static_cast<arch::u8>(now.removed_pages & ~entry.valid_pages);
        if (now.removed_pages == 0) now.remover = 0;
        now.refetched = false;
        set_state(slot, now, unlinked);
        return slot;
    }
    if (stale_ != 0) {
        note_refetch(entry);
        drop_stale_within(entry, unlinked);
        slot = tlb_.find(first_page(entry), entry.asid);
    }
    if (slot != kNone && same_block(tlb_.entry(slot), entry) && !entry.is_aggregated()) {
        set_state(slot, {}, unlinked);
        tlb_.drop(slot);
    }
    return insert(entry, real_slot, unlinked);
}

// A larger entry that a TLBI removed comes back piece by piece, each of which it is the reason for once.
void GhostDirectory::note_refetch(const TlbEntry& entry) {
    const unsigned slot = tlb_.find(first_page(entry), entry.asid);
    if (slot == kNone || states_[slot].remover == 0) return;
    const TlbEntry& larger = tlb_.entry(slot);
    if (larger.reach_shift <= entry.reach_shift) return;
    const unsigned shift = part_shift(larger);
    const u64 first = larger.offset_of(entry.va) >> shift;
    const u64 count = std::max<u64>(1, (u64{1} << entry.reach_shift) >> shift);
    states_[slot].refetched = true;
    Parts& bits = refetched_[slot];
    for (u64 part = first; part < first + count; ++part) bits[part / 64] |= u64{1} << part % 64;
}

bool GhostDirectory::is_refetched(unsigned slot, u64 va) const {
    if (!states_[slot].refetched) return false;
    const Parts& bits = refetched_.find(slot)->second;
    const TlbEntry& entry = tlb_.entry(slot);
    const u64 part = entry.offset_of(va) >> part_shift(entry);
    return (bits[part / 64] >> part % 64 & 1) != 0;
}

// What TLBIs have outdated inside `entry` would be found before it.
void GhostDirectory::drop_stale_within(const TlbEntry& entry, std::vector<unsigned>& unlinked) {
    const auto drop = [&](unsigned slot) {
        set_state(slot, {}, unlinked);
        tlb_.drop(slot);
    };
    const auto stale_part = [&](unsigned slot) {
        return states_[slot].stale() && tlb_.entry(slot).reach_shift <= entry.reach_shift && !same_block(tlb_.entry(slot), entry);
    };
    if (entry.reach_shift > kMaxSearchedShift) {
        for (unsigned slot = 0; slot < tlb_.size(); ++slot) {
            if (tlb_.is_live(slot) && stale_part(slot) && tlb_.entry(slot).va - entry.va < u64{1} << entry.reach_shift) drop(slot);
        }
        return;
    }
    for (u64 va = entry.va; va - entry.va < u64{1} << entry.reach_shift; va += u64{1} << kPageShift) {
        const unsigned slot = tlb_.find(va, entry.asid);
        if (slot != kNone && stale_part(slot)) drop(slot);
    }
}

void GhostDirectory::evicted(unsigned slot, unsigned real_slot) {
    if (slot != kNone && states_[slot].real_slot == real_slot) states_[slot].real_slot = kNone;
}

// Whether looking for each of its pages finds all translations that `tlbi` concerns.
bool GhostDirectory::is_searched(const arch::TlbInvalidation& tlbi) const {
    return tlbi.scope == arch::TlbInvalidation::Scope::VaAsid && tlbi.bytes >> kPageShift <= kMaxSearches && !has_pieces_;
}

bool GhostDirectory::may_concern(const arch::TlbInvalidation& tlbi, const Tlb& real) const {
    if (!is_searched(tlbi) || !tlbi.last_level_only) return real.live() != 0;
    for (u64 offset = 0; offset == 0 || offset < tlbi.bytes; offset += u64{1} << kPageShift)
        if (real.find(tlbi.va + offset, tlbi.asid) != kNone) return true;
    return false;
}

void GhostDirectory::invalidated(const arch::TlbInvalidation& tlbi, TlbiIssuer issuer) {
    if (is_searched(tlbi)) {
        for (u64 page = 0; page < std::max<u64>(1, tlbi.bytes >> kPageShift); ++page) {
            const unsigned slot = tlb_.find(tlbi.va + (page << kPageShift), tlbi.asid);
            if (slot != kNone) invalidate_slot(slot, tlbi, issuer);
        }
        return;
    }
    for (unsigned slot = 0; slot < tlb_.size(); ++slot) {
        if (tlb_.is_live(slot)) invalidate_slot(slot, tlbi, issuer);
    }
}

void GhostDirectory::invalidate_slot(unsigned slot, const arch::TlbInvalidation& tlbi, TlbiIssuer issuer) {
    const TlbEntry& entry = tlb_.entry(slot);
    if (entry.kind != Kind::Leaf || !matches(tlbi, entry)) return;
    State& state = states_[slot];
    const bool was_stale = state.stale();
    if (state.real_slot != kNone) {
        state.remover = issuer;
        state.removed_pages = static_cast<arch::u8>(state.removed_pages | pages_hit(tlbi, entry));
        if ((entry.valid_pages & ~state.removed_pages) == 0) state.real_slot = kNone;
    } else if (state.remover == 0) {
        state.outdated = true;
    }
    stale_ += static_cast<unsigned>(state.stale()) - static_cast<unsigned>(was_stale);
}

void GhostDirectory::walked(u64 va, u16 asid, arch::Granule granule, const Tlb& real, std::vector<unsigned>& unlinked) {
    int level = arch::kLeafLevel;
    for (; level > arch::kLeafLevel - 4; --level) {
        const unsigned slot = tlb_.find_table(va, asid, arch::level_shift(granule, level - 1));
        if (slot == kNone) continue;
        tlb_.touch(slot);
        break;
    }
    for (++level; level <= arch::kLeafLevel; ++level) {
        const unsigned slot = real.find_table(va, asid, arch::level_shift(granule, level - 1));
        if (slot != kNone) static_cast<void>(insert(real.entry(slot), kNone, unlinked));
    }
}

TlbiIssuer GhostDirectory::find_remover(u64 va, u16 asid) const {
    const unsigned slot = tlb_.find(va, asid);
    if (slot == kNone || states_[slot].remover == 0) return 0;
    const TlbEntry& entry = tlb_.entry(slot);
    const unsigned page = entry.is_aggregated() ? entry.page_of(va) : 0;
    const bool removed = (states_[slot].removed_pages >> page & 1) != 0;
    return removed && !is_refetched(slot, va) ? states_[slot].remover : TlbiIssuer{0};
}

bool GhostDirectory::has(u64 va, u16 asid, const TlbEntry* entry) {
    const unsigned slot = tlb_.find(va, asid);
    if (slot == kNone) {
        absent_ = {va, asid};
        return false;
    }
    if (entry == nullptr) return true;
    const TlbEntry& here = tlb_.entry(slot);
    return here.reach_shift == entry->reach_shift && here.pa_of(va) == entry->pa_of(va);
}

}  // namespace mmu
