#include "emu/machine/miss_taxonomy.h"

#include <algorithm>

namespace emu {

using arch::u64;
using mmu::Event;
using mmu::TlbEntry;
using Source = mmu::LookupRecord::Source;

static_assert(MissTotals::kRegions == kRegionKinds && kMissClassCount == mmu::kMissClasses);

namespace {

constexpr std::size_t kMaxIssuers = 0xffff;

// Whether a lookup evicts nothing that it has brought itself, which the classifier would never see: a translation and, in a
// TLB that holds them, pointers to the tables below the first, of which there are three, or with 52-bit addresses four.
bool is_roomy(const mmu::TlbConfig& config, unsigned brought) { return (config.ways == 0 ? config.entries : config.ways) >= brought; }

mmu::MissClassifier classifier_of(const mmu::Tlb& tlb, const mmu::TlbConfig& config, const mmu::MmuConfig& all) {
    using enum mmu::MissClassifier::Ghosts;
    const bool all_told = all.inclusion == mmu::Inclusion::Neither && is_roomy(config, 4);
    return mmu::MissClassifier{{{tlb, config, all.replacement}}, all_told ? WhenTheyDiffer : Always};
}

std::vector<const mmu::Tlb*> l2_parts(const mmu::TlbHierarchy& tlbs) {
    std::vector<const mmu::Tlb*> parts{&tlbs.l2()};
    if (tlbs.l2_large() != nullptr) parts.push_back(tlbs.l2_large());
    return parts;
}

// Nobody tells of what an L2 TLB holds for stage 2.
bool is_all_told(const mmu::MmuConfig& config, const mmu::Mmu& mmu) {
    const unsigned ways = config.walk_cache == mmu::WalkCache::L2Tlb ? 4 + config.features.lva : 4;
    return config.inclusion == mmu::Inclusion::Neither && !mmu.has_stage2() && is_roomy(config.l2_tlb, ways);
}

mmu::MissClassifier l2_classifier(const std::vector<const mmu::Tlb*>& parts, const mmu::MmuConfig& config, const mmu::Mmu& mmu) {
    using enum mmu::MissClassifier::Ghosts;
    std::vector<mmu::MissClassifier::PartOf> described{{*parts[0], config.l2_tlb, config.replacement}};
    if (parts.size() == 2) described.push_back({*parts[1], config.l2_large_tlb, config.replacement});
    return mmu::MissClassifier{described, parts.size() == 1 && is_all_told(config, mmu) ? WhenTheyDiffer : Always};
}

// Functions of the upper half are the kernel's.
u64 image_start(const FunctionTable& functions) {
    for (std::size_t i = 0; i < functions.size(); ++i)
        if (arch::BitField<55>::test(functions[i].start)) return functions[i].start;
    return 0;
}

MappingKind mapping_of(const TlbEntry* filled) {
    if (filled == nullptr) return MappingKind::None;
    const bool contiguous = arch::Descriptor{filled->descriptor}.test<arch::Descriptor::Contiguous>();
    if (filled->level < arch::kLeafLevel) return contiguous ? MappingKind::ContiguousBlocks : MappingKind::Block;
    if (contiguous) return MappingKind::ContiguousPages;
    return filled->is_aggregated() ? MappingKind::AggregatedPages : MappingKind::Page;
}

}  // namespace

MissTaxonomy::MissTaxonomy(const Sources& s)
    : pe_{s.pe},
      counters_{s.counters},
      probes_{s.probes},
      functions_{s.functions},
      names_{s.guest, image_start(s.functions)},
      tlbi_flushes_l1_{s.config.tlbi_flushes_l1},
      l1d_{classifier_of(s.pe.mmu->tlbs().l1(false), s.config.l1d_tlb, s.config), s.pe.mmu->tlbs().l1(false), MissTlb::L1d},
      l1i_{classifier_of(s.pe.mmu->tlbs().l1(true), s.config.l1i_tlb, s.config), s.pe.mmu->tlbs().l1(true), MissTlb::L1i},
      l2_parts_{l2_parts(s.pe.mmu->tlbs())},
      l2_{l2_classifier(l2_parts_, s.config, *s.pe.mmu)},
      walk_cycles_seen_{walk_cycles()} {
    totals_.by_issuer.resize(1);
    pe_.mmu->set_watcher(this);
}

void MissTaxonomy::before_tlbi(const arch::TlbInvalidation& tlbi) {
    has_work_ = true;
    l2_.before_tlbi(tlbi);
    for (mmu::MissClassifier* c : {&l1d_.classifier, &l1i_.classifier}) tlbi_flushes_l1_ ? c->before_hidden_change() : c->before_tlbi(tlbi);
}

void MissTaxonomy::before_drop() {
    has_work_ = true;
    for (mmu::MissClassifier* c : {&l1d_.classifier, &l1i_.classifier, &l2_}) c->before_hidden_change();
}

u64 MissTaxonomy::walk_cycles() const {
    u64 sum = 0;
    for (const mmu::CounterBank& bank : counters_.by_el) sum += bank[Event::DTLB_WALK_PERCYC] + bank[Event::ITLB_WALK_PERCYC];
    return sum;
}

void MissTaxonomy::hit(Level1& level, unsigned slot) { level.classifier.hit(0, slot); }

void MissTaxonomy::look_closer(Level1& level, const mmu::LookupRecord& lookup, u64 va, unsigned el) {
    if (lookup.source == Source::L2Hit || lookup.source == Source::Walk) miss(level, lookup, va, el);
    else if (lookup.source == Source::L1Hit) refused_hit(level, va);
    has_work_ = l1d_.classifier.hits_matter() || l1i_.classifier.hits_matter();
}

// A hit that permissions refused: it was used all the same.
void MissTaxonomy::refused_hit(Level1& level, u64 va) {
    const unsigned slot = level.tlb.find(va, pe_.mmu->regime().asid);
    if (slot != mmu::Tlb::kNone) level.classifier.hit(0, slot);
}

void MissTaxonomy::miss(Level1& level, const mmu::LookupRecord& lookup, u64 va, unsigned el) {
    const mmu::TranslationRegime& regime = pe_.mmu->regime();
    const TlbEntry* const filled = lookup.l1_slot != mmu::kNoSlot ? &level.tlb.entry(lookup.l1_slot) : nullptr;
    const RegionKind region = names_.kind_of(va, regime.half[0].table_base);
    const unsigned times = 1u + lookup.stage2_traps;  // what EL2 had begin again was missed as often, and nothing of it was held between
    count(level.name, el, level.classifier.miss(va, regime.asid, filled, lookup.l1_slot), region, filled, times);
    if (lookup.source == Source::Walk) walk(lookup, va, el, filled, region);
    else if (lookup.l2_slot != mmu::kNoSlot) l2_.hit(l2_slot(lookup.l2_slot).part, l2_slot(lookup.l2_slot).slot);
    if (filled != nullptr) level.classifier.filled(0, lookup.l1_slot);
}

void MissTaxonomy::walk(const mmu::LookupRecord& lookup, u64 va, unsigned el, const TlbEntry* filled, RegionKind region) {
    const mmu::TranslationRegime& regime = pe_.mmu->regime();
    const bool in_l2 = lookup.l2_slot != mmu::kNoSlot;
    const L2Slot place = in_l2 ? l2_slot(lookup.l2_slot) : L2Slot{0, mmu::Tlb::kNone};
    const TlbEntry* const entry = in_l2 ? &l2_parts_[place.part]->entry(place.slot) : filled;
    const mmu::MissVerdict verdict = l2_.miss(va, regime.asid, entry, place.slot);
    count(MissTlb::L2, el, verdict, region, entry, 1u + lookup.stage2_traps);
    const u64 now = walk_cycles();
    const u64 took = now - walk_cycles_seen_;
    walk_cycles_seen_ = now;
    totals_.walk_cycles[static_cast<unsigned>(verdict.miss_class)] += took;
    if (verdict.issuer != 0) totals_.by_issuer[verdict.issuer].walk_cycles += took;
    const bool searched = lookup.walk_cache_hit || lookup.step_count != 0;
    l2_.walked(0, {va, regime.asid, regime.half_of(va).granule, searched, place.slot});
    if (in_l2) l2_.filled(place.part, place.slot);
    else if (entry != nullptr) l2_.passed_by(*entry);
}

void MissTaxonomy::count(MissTlb tlb, unsigned el, const mmu::MissVerdict& verdict, RegionKind region, const TlbEntry* filled,
                         unsigned times) {
    const auto t = static_cast<unsigned>(tlb);
    const auto c = static_cast<unsigned>(verdict.miss_class);
    totals_.cells[MissTotals::index(t, el, c, static_cast<unsigned>(region), static_cast<unsigned>(mapping_of(filled)))] += times;
    if (verdict.issuer != 0) totals_.by_issuer[verdict.issuer].misses[t] += times;
}

void MissTaxonomy::event(const InstructionRecord& record) {
    if (record.exception && record.el == 0) names_.outdate();
    if (!record.tlbi_valid) return;
    arch::TlbInvalidation tlbi = record.tlbi;
    tlbi.asid = static_cast<arch::u16>(tlbi.asid & pe_.mmu->regime().asid_mask);
    const mmu::TlbiIssuer issuer = issuer_of(record);
    for (mmu::MissClassifier* c : {&l1d_.classifier, &l1i_.classifier, &l2_}) c->invalidated(tlbi, issuer);
    has_work_ = l1d_.classifier.hits_matter() || l1i_.classifier.hits_matter();
}

// The number of whoever issues TLBIs now; a new one gets the next.
mmu::TlbiIssuer MissTaxonomy::issuer_of(const InstructionRecord& record) {
    std::vector<std::size_t> key = probes_.open_operations();
    const FunctionTable::Place place = functions_.place_of(record.pc);
    const bool known = place.index != FunctionTable::kNone;
    if (key.empty()) key.push_back(~(known ? place.index : functions_.size()));
    const auto found = numbers_.find(key);
    if (found != numbers_.end()) return found->second;
    if (issuers_.size() < kMaxIssuers) {
        std::vector<std::string> names;
        for (const std::size_t operation : probes_.open_operations()) names.push_back(probes_.name_of(operation));
        if (names.empty()) names.push_back(known ? functions_[place.index].name : record.el == 0 ? "[el0]" : "[el1]");
        issuers_.push_back(std::move(names));
        totals_.by_issuer.emplace_back();
    }
    return numbers_[key] = static_cast<mmu::TlbiIssuer>(issuers_.size());
}

}  // namespace emu
