#include "mmu/taxonomy/miss_classifier.h"

#include <algorithm>

namespace mmu {

using arch::u16;
using arch::u64;

namespace {

bool is_fully_associative_lru(const MissClassifier::PartOf& part) {
    const bool one_set = part.config.ways == 0 || part.config.ways == part.config.entries;
    return one_set && part.replacement == Replacement::Lru;
}

std::vector<unsigned> live_by_age(const Tlb& tlb) {
    std::vector<unsigned> slots;
    for (unsigned slot = 0; slot < tlb.size(); ++slot)
        if (tlb.is_live(slot)) slots.push_back(slot);
    std::sort(slots.begin(), slots.end(), [&](unsigned a, unsigned b) { return tlb.use(a).stamp < tlb.use(b).stamp; });
    return slots;
}

}  // namespace

MissClassifier::MissClassifier(const std::vector<PartOf>& parts, Ghosts ghosts) : uses_{&parts[0].tlb.use(0)} {
    unsigned number = 0;
    for (const PartOf& part : parts) {
        const bool always = ghosts == Ghosts::Always || part.replacement != Replacement::Lru;
        parts_.push_back({&part.tlb, LazyGhost{part.tlb, always}, std::vector<Link>(part.tlb.size()), number});
        number += part.tlb.size();
    }
    if (parts.size() != 1 || !is_fully_associative_lru(parts[0])) begin_lru(parts);
    hits_matter_ = lru_ || !parts_[0].ghost.in_step();
    for (Part& part : parts_) {
        for (const unsigned slot : live_by_age(*part.real)) {
            const TlbEntry& entry = part.real->entry(slot);
            if (entry.kind != TlbEntry::Kind::Leaf) continue;
            seen_.add(entry);
            part.links[slot] = {part.real->use(slot).life, slot, Tlb::kNone};
            if (lru_) part.links[slot].lru = lru_->place(entry, part.first_number + slot, unlinked_lru_);
        }
    }
    forget_links();
}

void MissClassifier::begin_lru(const std::vector<PartOf>& parts) {
    TlbConfig all = parts[0].config;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        all.entries += parts[i].config.entries;
        all.page_sizes += "," + parts[i].config.page_sizes;
    }
    all.ways = 0;
    lru_.emplace(Tlb{all, Replacement::Lru, 1});
}

void MissClassifier::begin_ghost(Part& part) {
    part.ghost.begin();
    for (unsigned slot = 0; slot < part.links.size(); ++slot) {
        const bool is_leaf = part.real->is_live(slot) && part.real->entry(slot).kind == TlbEntry::Kind::Leaf;
        part.links[slot].ghost = is_leaf ? slot : Tlb::kNone;
        if (!lru_) part.links[slot].life = part.real->use(slot).life;
    }
    hits_matter_ = true;
    youngest_ = 0;
}

void MissClassifier::before_hidden_change() {
    for (Part& part : parts_) part.ghost.in_step() ? begin_ghost(part) : part.ghost.note_all_told();
}

void MissClassifier::before_tlbi(const arch::TlbInvalidation& tlbi) {
    for (Part& part : parts_) {
        if (!part.ghost.in_step()) part.ghost.note_all_told();
        else if (part.ghost.directory().may_concern(tlbi, *part.real)) begin_ghost(part);
    }
}

void MissClassifier::keep_ghosts() {
    before_hidden_change();
    for (Part& part : parts_) part.ghost.never_be_in_step();
}

void MissClassifier::relink(Part& part, unsigned slot) {
    const Link old = part.links[slot];
    const unsigned number = part.first_number + slot;
    Link now = old;
    if (part.ghost.follows(slot)) relink_ghost(part, slot, now);
    if (lru_) {
        now.lru = lru_->place(part.real->entry(slot), number, unlinked_lru_);
        if (old.lru != now.lru) lru_->evicted(old.lru, number);
        forget_links();
    }
    now.life = part.real->use(slot).life;
    part.links[slot] = now;
    make_youngest(part, now.life);
}

void MissClassifier::relink_ghost(Part& part, unsigned slot, Link& link) {
    GhostDirectory& directory = part.ghost.directory();
    const unsigned old = link.ghost;
    link.ghost = directory.place(part.real->entry(slot), slot, unlinked_);
    if (old != link.ghost) directory.evicted(old, slot);
    for (const unsigned other : unlinked_) part.links[other].life = 0;
    unlinked_.clear();
}

// What the fully associative directory has lost must be put in again when it is used.
void MissClassifier::forget_unlinked() {
    for (const unsigned number : unlinked_lru_) {
        Part* part = &parts_.back();
        while (number < part->first_number) --part;
        part->links[number - part->first_number].life = 0;
    }
    unlinked_lru_.clear();
}

// Of a page that was here.
MissVerdict MissClassifier::miss_again(u64 va, u16 asid, const TlbEntry* filled, unsigned slot) {
    for (const Part& part : parts_) {
        const TlbiIssuer issuer = part.ghost.in_step() ? TlbiIssuer{0} : part.ghost.directory().remover_of(va, asid);
        if (issuer != 0) return {MissClass::Invalidation, issuer};
    }
    const bool fits = lru_ ? lru_->has(va, asid, filled) : ghost_has(va, asid, filled, slot);
    return {fits ? MissClass::Conflict : MissClass::Capacity, 0};
}

// A ghost that has begun with a copy of what the miss brought was in step at the time of the miss.
bool MissClassifier::ghost_has(u64 va, u16 asid, const TlbEntry* filled, unsigned slot) {
    Part& part = parts_[0];
    const bool has_copied = slot != Tlb::kNone && (part.ghost.has_copied(slot) || part.links[slot].life == uses_[slot].life);
    return !has_copied && part.ghost.directory().has(va, asid, filled);
}

void MissClassifier::follow_fill(Part& part, unsigned slot) {
    relink(part, slot);
    if (part.ghost.is_overtaken()) hits_matter_ = lru_.has_value();
}

void MissClassifier::walked(unsigned part, const Walk& walk) {
    youngest_ = 0;
    Part& p = parts_[part];
    if (p.ghost.in_step() && !walk.searched) begin_ghost(p);
    if (!p.ghost.in_step() && (walk.slot == Tlb::kNone || !p.ghost.has_copied(walk.slot))) {
        p.ghost.directory().walked(walk.va, walk.asid, walk.granule, *p.real, unlinked_);
        for (const unsigned other : unlinked_) p.links[other].life = 0;
        unlinked_.clear();
    }
    if (!lru_) return;
    lru_->walked(walk.va, walk.asid, walk.granule, *p.real, unlinked_lru_);
    forget_links();
}

void MissClassifier::invalidated(const arch::TlbInvalidation& tlbi, TlbiIssuer issuer) {
    for (Part& part : parts_)
        if (!part.ghost.in_step()) part.ghost.directory().invalidated(tlbi, issuer);
    if (lru_) lru_->invalidated(tlbi, issuer);
}

}  // namespace mmu
