#include "mmu/check/descriptor_change.h"

namespace mmu::check {

using arch::Descriptor;
using arch::DescriptorType;
using arch::u64;

namespace {

bool is_table(Descriptor d, arch::TableFormat f, int level) { return d.type_at(f, level) == DescriptorType::Table; }

// Of one output address: where the layout has address bits in the place of SH, they are equal.
bool same_memory(Descriptor a, Descriptor b, const ChangeRules& rules) {
    return rules.mair[a.get<Descriptor::AttrIndx>()] == rules.mair[b.get<Descriptor::AttrIndx>()] &&
           a.get<Descriptor::SH>() == b.get<Descriptor::SH>() && a.get<Descriptor::NS>() == b.get<Descriptor::NS>();
}

// FEAT_BBM level 2 lets the size change in place, level 1 where the block has nT.
bool may_change_size(Descriptor old, Descriptor now, bool old_is_table, const ChangeRules& rules) {
    const Descriptor block = old_is_table ? now : old;
    return rules.bbm >= 2 || (rules.bbm == 1 && block.test<Descriptor::nT>());
}

constexpr u64 kPermissions = Descriptor::AP1::kMask | Descriptor::AP2::kMask | Descriptor::DBM::kMask |
                             Descriptor::PXN::kMask | Descriptor::UXN::kMask | Descriptor::AF::kMask | Descriptor::GP::kMask;

// Rights other than writing that `old` gives and `now` does not.
bool takes_rights(Descriptor old, Descriptor now) {
    return (old.test<Descriptor::AP1>() && !now.test<Descriptor::AP1>()) ||
           (!old.test<Descriptor::UXN>() && now.test<Descriptor::UXN>()) ||
           (!old.test<Descriptor::PXN>() && now.test<Descriptor::PXN>());
}

bool is_dirty(Descriptor d) { return !d.test<Descriptor::AP2>(); }

}  // namespace

bool is_cacheable(Descriptor value, arch::TableFormat format, int level) {
    const DescriptorType type = value.type_at(format, level);
    if (type == DescriptorType::Invalid) return false;
    return type == DescriptorType::Table || value.test<Descriptor::AF>();
}

Difference difference(Descriptor old, Descriptor now, int level, const ChangeRules& rules) {
    const bool old_is_table = is_table(old, rules.format, level);
    if (old_is_table != is_table(now, rules.format, level))
        return may_change_size(old, now, old_is_table, rules) ? Difference::None : Difference::Size;
    if (old_is_table)
        return old.next_table(rules.format) == now.next_table(rules.format) ? Difference::None : Difference::Table;
    if (old.output_address(rules.format, level) != now.output_address(rules.format, level)) return Difference::OutputAddress;
    if (!same_memory(old, now, rules)) return Difference::MemoryType;
    if (old.test<Descriptor::nG>() != now.test<Descriptor::nG>()) return Difference::Global;
    if (old.test<Descriptor::Contiguous>() != now.test<Descriptor::Contiguous>() && rules.bbm == 0) return Difference::Contiguous;
    return ((old.raw ^ now.raw) & kPermissions) == 0 ? Difference::None : Difference::Permission;
}

bool may_write(Descriptor leaf, const ChangeRules& rules) {
    return is_dirty(leaf) || (rules.hardware_dirty && leaf.test<Descriptor::DBM>());
}

bool may_fetch_at_el1(Descriptor leaf, const ChangeRules& rules) {
    return !leaf.test<Descriptor::PXN>() && !(leaf.test<Descriptor::AP1>() && may_write(leaf, rules));
}

StaleKind stale_kind(Descriptor old, Descriptor now, const ChangeRules& rules) {
    if (!now.test<Descriptor::Valid>()) return StaleKind::Unmapped;
    if (takes_rights(old, now)) return StaleKind::Restricted;
    if (may_write(old, rules) && !may_write(now, rules)) return StaleKind::WriteProtected;
    if (is_dirty(old) && !is_dirty(now)) return StaleKind::DirtyCleared;
    if (old.test<Descriptor::AF>() && !now.test<Descriptor::AF>()) return StaleKind::YoungCleared;
    return StaleKind::Relaxed;
}

bool may_lose_update(Descriptor old, Descriptor now, const ChangeRules& rules) {
    const bool young_races = rules.hardware_af && !old.test<Descriptor::AF>();
    const bool dirty_races = rules.hardware_dirty && old.test<Descriptor::DBM>() && !is_dirty(old);
    const bool gives_up = !now.test<Descriptor::AF>() && !is_dirty(now);
    if (gives_up) return false;
    return (young_races && !now.test<Descriptor::AF>()) || (dirty_races && !is_dirty(now));
}

}  // namespace mmu::check
