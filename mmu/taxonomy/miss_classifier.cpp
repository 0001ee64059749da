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

MissClassifier::MissClassifier(const std::vector<PartOf>& parts) : uses_{&parts[0].tlb.use(0)} {
    unsigned number = 0;
    for (const PartOf& part : parts) {
        parts_.push_back({&part.tlb, GhostDirectory{part.tlb}, std::vector<Link>(part.tlb.size()), number});
        number += part.tlb.size();
    }
    if (parts.size() != 1 || !is_fully_associative_lru(parts[0])) begin_lru(parts);
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

void MissClassifier::relink(Part& part, unsigned slot) {
    const TlbEntry& entry = part.real->entry(slot);
    const Link old = part.links[slot];
    const unsigned number = part.first_number + slot;
    Link now;
    now.ghost = part.ghost.place(entry, slot, unlinked_);
    if (old.ghost != now.ghost) part.ghost.evicted(old.ghost, slot);
    for (const unsigned other : unlinked_) part.links[other].life = 0;
    unlinked_.clear();
    if (lru_) {
        now.lru = lru_->place(entry, number, unlinked_lru_);
        if (old.lru != now.lru) lru_->evicted(old.lru, number);
        forget_links();
    }
    now.life = part.real->use(slot).life;
    part.links[slot] = now;
    make_youngest(part, now.life);
}

// What the fully associative directory has lost must be put in again when it is used.
void MissClassifier::forget_links() {
    for (const unsigned number : unlinked_lru_) {
        const auto part = std::find_if(parts_.rbegin(), parts_.rend(), [&](const Part& p) { return p.first_number <= number; });
        part->links[number - part->first_number].life = 0;
    }
    unlinked_lru_.clear();
}

MissVerdict MissClassifier::miss(u64 va, u16 asid, const TlbEntry* filled) const {
    if (!seen_.contains(va, asid)) return {MissClass::Compulsory, 0};
    for (const Part& part : parts_) {
        const TlbiIssuer issuer = part.ghost.remover_of(va, asid);
        if (issuer != 0) return {MissClass::Invalidation, issuer};
    }
    const GhostDirectory& lru = lru_ ? *lru_ : parts_[0].ghost;
    return {lru.has(va, asid, filled) ? MissClass::Conflict : MissClass::Capacity, 0};
}

void MissClassifier::filled(unsigned part, unsigned slot) {
    seen_.add(parts_[part].real->entry(slot));
    relink(parts_[part], slot);
}

void MissClassifier::walked(unsigned part, u64 va, u16 asid, arch::Granule granule) {
    youngest_ = 0;
    Part& p = parts_[part];
    p.ghost.walked(va, asid, granule, *p.real, unlinked_);
    for (const unsigned other : unlinked_) p.links[other].life = 0;
    unlinked_.clear();
    if (!lru_) return;
    lru_->walked(va, asid, granule, *p.real, unlinked_lru_);
    forget_links();
}

void MissClassifier::invalidated(const arch::TlbInvalidation& tlbi, TlbiIssuer issuer) {
    for (Part& part : parts_) part.ghost.invalidated(tlbi, issuer);
    if (lru_) lru_->invalidated(tlbi, issuer);
}

}  // namespace mmu
