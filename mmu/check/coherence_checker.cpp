// What stores, TLBIs and barriers do to the values that may be cached.
#include "mmu/check/coherence_checker.h"

#include <algorithm>
#include <utility>

namespace mmu::check {

using arch::Descriptor;
using arch::DescriptorType;
using arch::u64;

namespace {

// What a page of 16K or 64K has of 4 KiB frames.
u64 frames_of(u64 bytes) { return bytes < 4096 ? 1 : bytes >> 12; }

}  // namespace

ChangeRules CoherenceChecker::rules_for(arch::TableFormat format) const {
    return {format, options_.bbm, regime_.hardware_af, regime_.hardware_dirty, regime_.mair};
}

VaRange CoherenceChecker::reach_of(const Place& place, Descriptor leaf) const {
    const arch::TableFormat format = place.tree->root.format;
    const VaRange own{place.va, place.bytes()};
    if (!leaf.test<Descriptor::Contiguous>() || leaf.type_at(format, place.level()) == DescriptorType::Table) return own;
    const u64 bytes = u64{1} << arch::contiguous_reach_shift(format.granule, place.level());
    return {arch::align_down(place.va, bytes), bytes};
}

// ---- stores

void CoherenceChecker::store(u64 pa, u64 bytes, bool exchange, const Site& site) {
    TablePage* page = tables_.find(pa);
    if (page == nullptr) return store_to_unlinked(pa, bytes, site);
    for (u64 at = arch::align_down(pa, 8); at < pa + bytes; at += 8) {
        page = tables_.find(at);  // the last store may have released it
        if (page == nullptr) return;
        const auto index = static_cast<unsigned>((at - page->pa) / 8);
        const Descriptor now = tables_.read(at);
        const Descriptor old = std::exchange(page->shadow[index], now);
        const bool same = old == now;
        if (!same) ++order_.last;
        if (!same && observer_.descriptor_written) observer_.descriptor_written(at, now, site);
        const auto positions = page->positions;
        if (!exchange && !positions.empty()) check_exchange(place_in(*page, positions.front(), index), old, now, site);
        unseen_.erase(at);
        if (same) continue;
        for (const TablePage::Position& p : positions) changed(place_in(*page, p, index), old, now, site);
    }
}

void CoherenceChecker::load(u64 pa, u64 bytes) {
    for (u64 at = arch::align_down(pa, 8); at < pa + bytes; at += 8) unseen_.erase(at);
}

void CoherenceChecker::hardware_update(u64 pa, u64 value, const Site& site) {
    TablePage* const page = tables_.find(pa);
    if (page == nullptr) return;
    page->shadow[(pa - page->pa) / 8] = Descriptor{value};
    unseen_[pa] = site;
}

Finding CoherenceChecker::finding_at(const Place& place, Descriptor old, Descriptor now, const Site& site) const {
    const bool leaf = old.type_at(place.tree->root.format, place.level()) != DescriptorType::Table;
    Finding f;
    f.format = place.tree->root.format;
    f.va = place.va;
    f.bytes = place.bytes();
    f.asid = regime_.asid;
    f.global = leaf && !old.test<Descriptor::nG>();
    f.descriptor_pa = place.pa();
    f.before = old;
    f.after = now;
    f.before_level = f.after_level = place.level();
    f.write = site;
    return f;
}

// A plain store over what hardware has set and software has not read, or may set between its load and its store.
void CoherenceChecker::check_exchange(const Place& place, Descriptor old, Descriptor now, const Site& site) {
    const arch::TableFormat format = place.tree->root.format;
    const DescriptorType type = old.type_at(format, place.level());
    if (!place.tree->installed || (type != DescriptorType::Page && type != DescriptorType::Block)) return;
    const auto unseen = unseen_.find(place.pa());
    const bool now_valid = now.test<Descriptor::Valid>();
    const bool loses_dirty = !old.test<Descriptor::AP2>() && old.test<Descriptor::DBM>() &&
                             (!now_valid || now.test<Descriptor::AP2>());
    const bool loses_young = old.test<Descriptor::AF>() && now_valid && !now.test<Descriptor::AF>();
    const bool lost = unseen != unseen_.end() && (loses_dirty || loses_young);
    if (!lost && !(now_valid && may_lose_update(old, now, rules_for(format)))) return;
    Finding f = finding_at(place, old, now, site);
    f.rule = Rule::LostUpdate;
    f.missing = MissingStep::Exchange;
    if (lost) f.hardware = unseen->second;
    findings_.report(f);
}

// A table that was unlinked, but that walks may still reach: it must not be given descriptors.
void CoherenceChecker::store_to_unlinked(u64 pa, u64 bytes, const Site& site) {
    for (u64 at = arch::align_down(pa, 8); at < pa + bytes; at += 8) {
        const Descriptor now = tables_.read(at);
        if (!now.test<Descriptor::Valid>()) continue;
        stale_.for_each_of_frames(at >> 12, 1, [&](StaleValue& v) {
            if (!v.is_table || v.told || !v.owned_by(regime_.asid)) return;
            Finding f = finding_of(v);
            f.rule = Rule::FreedTable;
            f.after = now;
            f.after_level = v.level + 1;
            f.write = site;
            v.told = true;
            v.finding = findings_.report(f);
        });
    }
}

// ---- one descriptor

Difference CoherenceChecker::difference_at(const Place& place, Descriptor old, Descriptor now) {
    const ChangeRules rules = rules_for(place.tree->root.format);
    const Difference d = difference(old, now, place.level(), rules);
    if (d != Difference::OutputAddress || may_write(old, rules) || may_write(now, rules)) return d;
    // Arm R_WHZWS: another output address is no matter while both are read only and have the same contents.
    const u64 from = old.output_address(rules.format, place.level());
    const u64 to = now.output_address(rules.format, place.level());
    return tables_.same_contents(from, to, place.bytes()) ? Difference::Permission : d;
}

std::optional<Rule> CoherenceChecker::in_place_rule(const Place& place, Descriptor old, Descriptor now) {
    switch (difference_at(place, old, now)) {
        case Difference::None:
        case Difference::Permission: return std::nullopt;
        case Difference::Contiguous: return Rule::ContiguousChange;
        case Difference::Size:
        case Difference::Table: return Rule::SizeChange;
        case Difference::OutputAddress:
        case Difference::MemoryType:
        case Difference::Global: return Rule::BreakBeforeMake;
    }
    return std::nullopt;
}

CoherenceChecker::StaleNote CoherenceChecker::check_in_place(const Place& place, Descriptor old, Descriptor now, const Site& site) {
    const auto rule = in_place_rule(place, old, now);
    if (!rule) return {};
    Finding f = finding_at(place, old, now, site);
    f.rule = *rule;
    f.missing = MissingStep::Break;
    return {true, findings_.report(f)};
}

void CoherenceChecker::changed(const Place& place, Descriptor old, Descriptor now, const Site& site) {
    Tree& tree = *place.tree;
    const arch::TableFormat format = tree.root.format;
    const DescriptorType was = old.type_at(format, place.level());
    const DescriptorType is = now.type_at(format, place.level());
    tree.valid += is != DescriptorType::Invalid ? 1 : 0;
    tree.valid -= was != DescriptorType::Invalid ? 1 : 0;
    if (tree.installed && !tree.root.upper && tree.valid == 1 && was == DescriptorType::Invalid) check_asid(tree, site);
    const bool was_cacheable = is_cacheable(old, format, place.level());
    StaleNote note;
    if (tree.installed && was_cacheable && is != DescriptorType::Invalid) note = check_in_place(place, old, now, site);
    const bool other_table = was == DescriptorType::Table &&
                             (is != DescriptorType::Table || old.next_table(format) != now.next_table(format));
    if (other_table) release(tree, old.next_table(format), place.level() + 1, place.va, &site);
    if (tree.installed && is != DescriptorType::Invalid) made(place, now, site);
    else if (!tree.installed) tree.changed.emplace_back(place.page->pa, place.index);
    else note_group(place, site);
    if (was_cacheable) add_stale(place, old, now, site, note);
}

// A descriptor is valid from now on, or another one than it was.
void CoherenceChecker::made(const Place& place, Descriptor now, const Site& site) {
    const arch::TableFormat format = place.tree->root.format;
    const DescriptorType type = now.type_at(format, place.level());
    if (type == DescriptorType::Invalid) return;
    check_against_stale(place, now, site);
    if (type == DescriptorType::Table) {
        TablePage* const known = tables_.find(now.next_table(format));
        if (known == nullptr || !known->is_linked_at(*place.tree, place.va))
            adopt(*place.tree, now.next_table(format), place.level() + 1, place.va, site);
        return;
    }
    note_group(place, site);
    if (!now.test<Descriptor::nG>()) place.tree->maps_global = true;
    const bool for_kernel = place.tree->root.upper || !now.test<Descriptor::AP1>();
    if (!adopting_ && (for_kernel || may_fetch_at_el1(now, rules_for(format))))
        pending_.made({{place.va, place.bytes()}, now, format, place.pa(), place.level(), site, false, !for_kernel});
    // The frame has another use: who still has it under another address must not reach it any more.
    stale_.for_each_of_frames(now.output_address(format, place.level()) >> 12, 1, [&](StaleValue& v) {
        if (v.is_table || v.kind != StaleKind::Unmapped || v.freed.known() || v.descriptor_pa == place.pa()) return;
        v.freed = site;
        some_freed_ = true;
    });
}

void CoherenceChecker::note_group(const Place& place, const Site& site) {
    const arch::TableFormat format = place.tree->root.format;
    const unsigned shift = arch::contiguous_shift(format.granule, place.level());
    if (shift == 0 || !place.tree->installed) return;
    const unsigned first = place.index & ~((1u << shift) - 1);
    if (first + (1u << shift) > place.page->shadow.size()) return;
    groups_.note({place.page->pa + 8 * first, place.page->pa, first, 1u << shift, place.va - (place.index - first) * place.bytes(), site});
}

// ---- values that may be cached

// Its ASID apart.
StaleValue CoherenceChecker::value_at(const Place& place, Descriptor value, const Site& site) const {
    const arch::TableFormat format = place.tree->root.format;
    StaleValue v;
    v.descriptor = value;
    v.format = format;
    v.descriptor_pa = place.pa();
    v.own = {place.va, place.bytes()};
    v.reach = reach_of(place, value);
    v.level = place.level();
    v.is_table = value.type_at(format, place.level()) == DescriptorType::Table;
    v.global = v.is_table ? place.tree->root.upper : !value.test<Descriptor::nG>();
    v.tree = place.tree->id;
    v.write = site;
    return v;
}

void CoherenceChecker::add_stale(const Place& place, Descriptor old, Descriptor now, const Site& site, StaleNote note) {
    const Tree& tree = *place.tree;
    const arch::TableFormat format = tree.root.format;
    const bool now_valid = now.type_at(format, place.level()) != DescriptorType::Invalid;
    const Difference d = now_valid ? difference(old, now, place.level(), rules_for(format)) : Difference::Permission;
    if (d == Difference::None || !is_cacheable(old, format, place.level())) return;
    StaleValue v = value_at(place, old, site);
    v.kind = stale_kind(old, now_valid ? now : Descriptor{}, rules_for(format));
    v.write_order = order_.last;
    v.told = note.told;
    v.finding = note.finding;
    if (v.is_table && tables_.find(old.next_table(format)) == nullptr) tables_.watch(old.next_table(format), true);
    if (tree.asids.empty()) return;
    if (!v.is_table && !needs_break(d)) ++legal_.values[static_cast<std::size_t>(v.kind)];
    for (const arch::u16 asid : tree.asids) {
        v.asid = asid;
        stale_.add(v);
        if (v.global) break;
    }
}

void CoherenceChecker::gone(const StaleValue& value) {
    if (!value.is_table) {
        if (may_fetch_at_el1(value.descriptor, rules_for({}))) pending_.ended(value);
        return;
    }
    const u64 table = value.descriptor.next_table(value.format);
    if (tables_.find(table) == nullptr) tables_.watch(table, false);
}

bool CoherenceChecker::conflicts(const StaleValue& v, const Place& place, Descriptor now) {
    const arch::TableFormat format = place.tree->root.format;
    const bool now_table = now.type_at(format, place.level()) == DescriptorType::Table;
    const bool same_space = v.global || place.tree->may_be_cached_for(v.asid) || (!now_table && !now.test<Descriptor::nG>());
    if (!same_space) return false;
    if (v.is_table || now_table)
        return v.level == place.level() && v.own.first == place.va && needs_break(difference_at(place, v.descriptor, now));
    if (v.level != place.level()) return options_.bbm < 2;
    return needs_break(difference_at(place, v.seen_from(place.va, place.bytes()), now));
}

void CoherenceChecker::check_against_stale(const Place& place, Descriptor now, const Site& site) {
    if (stale_.size() == 0) return;
    // The descriptor's own old value rather than a neighbour's.
    StaleValue* found = nullptr;
    stale_.for_each(reach_of(place, now), [&](StaleValue& v) {
        const bool better = found == nullptr || (found->descriptor_pa != place.pa() && v.descriptor_pa == place.pa());
        if (better && !v.told && conflicts(v, place, now)) found = &v;
    });
    if (found != nullptr) report_conflict(*found, place, now, site);
}

void CoherenceChecker::report_conflict(StaleValue& v, const Place& place, Descriptor now, const Site& site) {
    Finding f = finding_of(v);
    if (f.rule == Rule::StaleUse) f.rule = v.level == place.level() ? Rule::MissingTlbi : Rule::OverlappingEntries;
    f.after = now;
    f.after_level = place.level();
    f.write = site;
    f.broke = v.write;
    v.told = true;
    v.finding = findings_.report(f);
}

// ---- TLBIs and barriers

void CoherenceChecker::tlbi(const arch::TlbInvalidation& tlbi, const Site& site) {
    using Scope = arch::TlbInvalidation::Scope;
    StaleValue* missed = nullptr;
    stale_.invalidate(tlbi, order_, site, [&missed](StaleValue& v) { missed = &v; });
    if (!register_changes_.empty()) register_changes_.tlbi(tlbi, site);
    const bool broadcast = tlbi.shareability != arch::Shareability::NonShareable;
    if (tlbi.scope == Scope::All) flushed_.push_back({std::nullopt, broadcast});
    if (tlbi.scope == Scope::Asid) flushed_.push_back({tlbi.asid, broadcast});
    if (missed == nullptr || missed->told) return;
    Finding f = finding_of(*missed);
    f.rule = Rule::WrongLevel;
    f.missing = MissingStep::RightLevel;
    f.write = site;
    f.broke = missed->write;
    missed->told = true;
    missed->finding = findings_.report(f);
}

void CoherenceChecker::dsb(bool loads, bool stores, bool in_domain) {
    if (!stores) return;
    order_.visible_locally = order_.last;
    if (in_domain) order_.visible_in_domain = order_.last;
    pending_.stores_visible();
    if (!loads) return;
    stale_.complete(in_domain);
    register_changes_.dsb(in_domain);
    complete_address_spaces(in_domain);
}

void CoherenceChecker::freed(u64 pa, u64 bytes, const Site& site) {
    if (stale_.size() == 0) return;
    stale_.for_each_of_frames(pa >> 12, frames_of(bytes), [&](StaleValue& v) {
        if (v.freed.known()) return;
        v.freed = site;
        some_freed_ = true;
    });
}

}  // namespace mmu::check
