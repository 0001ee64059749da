// What writes of registers other than TTBRn do: which cached translations they make stale, and who relies on them too early.
#include <utility>

#include "mmu/check/coherence_checker.h"

namespace mmu::check {

using arch::Descriptor;
using arch::DescriptorType;
using arch::u64;

namespace {

// Tables limit what is below by bits 63:59. Arm: Table descriptor, APTable, UXNTable, PXNTable, NSTable.
constexpr u64 kHierarchical = arch::BitField<63, 59>::kMask;

constexpr RegisterEffect kEffects[] = {RegisterEffect::MemoryType, RegisterEffect::Execution,  RegisterEffect::DirtyState,
                                       RegisterEffect::Hierarchy,  RegisterEffect::UserAccess, RegisterEffect::OutputSize};

bool same_fields(const CheckedRegime& a, const CheckedRegime& b) {
    return a.mair == b.mair && a.half == b.half && a.write_implies_xn == b.write_implies_xn && a.hardware_dirty == b.hardware_dirty;
}

}  // namespace

// `before`: what was in force when translations were last made.
void CoherenceChecker::change_fields(const CheckedRegime& before, const Site& site) {
    if (same_fields(before, regime_)) return;
    register_changes_.begin_write();
    for (const auto& tree : tables_.trees())
        if (!tree->asids.empty())
            change_fields_of(*tree, {tree->root.table, tree->root.start_level, tree->root.first_va(), false}, before, site);
    if (!regime_.mmu_on) register_changes_.synchronized();
}

void CoherenceChecker::change_fields_of(Tree& tree, const SubTable& at, const CheckedRegime& before, const Site& site) {
    TablePage* const page = tables_.find(at.table);
    if (page == nullptr || page->level != at.level) return;
    const arch::TableFormat format = tree.root.format;
    const u64 bytes = arch::level_size(format.granule, at.level);
    for (unsigned i = 0; i < page->shadow.size(); ++i) {
        const Descriptor d = page->shadow[i];
        const u64 va = at.va + i * bytes;
        if (d.type_at(format, at.level) == DescriptorType::Table) {
            change_fields_of(tree, {d.next_table(format), at.level + 1, va, at.limited || (d.raw & kHierarchical) != 0}, before, site);
        } else if (is_cacheable(d, format, at.level)) {
            add_register_stale({page, &tree, i, va}, at.limited, before, site);
        }
    }
}

void CoherenceChecker::add_register_stale(const Place& place, bool limited, const CheckedRegime& before, const Site& site) {
    const Tree& tree = *place.tree;
    const Descriptor leaf = place.page->shadow[place.index];
    const RegisterView view{leaf, tree.root.format, place.level(), tree.root.upper, limited};
    for (const RegisterEffect effect : kEffects) {
        if (!has_effect(effect, view, before, regime_)) continue;
        StaleValue v = value_at(place, leaf, site);
        v.effect = effect;
        v.memory_type = register_memory_type(leaf, tree.root.format.layout, tree.root.upper, before);
        for (const arch::u16 asid : tree.asids) {
            v.asid = asid;
            register_changes_.add(v);
            if (v.global) break;
        }
    }
}

// Whether the registers are still, or again, others than those that `v` was made with.
bool CoherenceChecker::is_outdated(const StaleValue& v) const {
    const bool upper = ((v.own.first >> 55) & 1) != 0;
    const HalfControls& half = regime_.half[upper];
    switch (v.effect) {
        case RegisterEffect::None: return false;
        case RegisterEffect::MemoryType:
            return v.memory_type != register_memory_type(v.descriptor, v.format.layout, upper, regime_);
        case RegisterEffect::Execution: return regime_.write_implies_xn;
        case RegisterEffect::DirtyState: return !regime_.hardware_dirty;
        case RegisterEffect::Hierarchy: return half.hierarchical_attributes;
        case RegisterEffect::UserAccess: return half.el0_kept_out;
        case RegisterEffect::OutputSize: return (v.descriptor.output_address(v.format, v.level) >> half.output_bits) != 0;
    }
    return false;
}

bool CoherenceChecker::register_matters(const StaleValue& v, const Use& use) const {
    if (v.told || !v.owned_by(regime_.asid) || !is_outdated(v)) return false;
    switch (v.effect) {
        case RegisterEffect::Execution: return use.fetch;
        case RegisterEffect::DirtyState: return use.write;
        case RegisterEffect::UserAccess: return use.el == 0;
        default: return !use.fetch || use.el == 0;  // the kernel's code has to be reached until the TLBI
    }
}

// Whether the tables of the registers give EL1 at `va` what it has without them: the address itself.
bool CoherenceChecker::is_identity(u64 va) {
    const Tree* const tree = tables_.find_tree(regime_.root[(va >> 55) & 1]);
    if (tree == nullptr) return false;
    const TrackedTables::Found found = tables_.walk(*tree, va);
    if (found.page == nullptr) return false;
    const Descriptor leaf = found.page->shadow[found.index];
    const arch::TableFormat format = tree->root.format;
    const u64 offset = va & (arch::level_size(format.granule, found.page->level) - 1);
    return is_cacheable(leaf, format, found.page->level) && leaf.output_address(format, found.page->level) + offset == va;
}

// Whether EL1 may execute at `va` only because WXN is 0.
bool CoherenceChecker::executes_writable(u64 va) {
    const Tree* const tree = current_[(va >> 55) & 1];
    if (tree == nullptr) return false;
    const TrackedTables::Found found = tables_.walk(*tree, va);
    if (found.page == nullptr) return false;
    const Descriptor leaf = found.page->shadow[found.index];
    return may_fetch_at_el1(leaf, rules_for({})) && may_write(leaf, rules_for({}));
}

Finding CoherenceChecker::early_use(const Use& use, const Site& write) const {
    Finding f;
    f.rule = Rule::MissingIsb;
    f.missing = MissingStep::IsbBeforeUse;
    f.asid = regime_.asid;
    f.after = Descriptor{regime_.root[(use.va >> 55) & 1].table};
    f.write = write;
    return f;
}

// A use by EL1 of what SCTLR_EL1 says, before it was synchronized.
void CoherenceChecker::use_control_early(const Use& use) {
    const auto report = [&](const Site& write) { findings_.note_access(findings_.report(early_use(use, write)), use.site, use.va); };
    if (pending_.is_mmu_switched() && !is_identity(use.va)) report(pending_.take_mmu_switch());
    if (use.fetch && pending_.is_execution_allowed() && executes_writable(use.va)) report(pending_.take_execution_allowed());
}

Finding CoherenceChecker::old_register_use(const StaleValue& v) {
    Finding f = finding_of(v);
    f.rule = Rule::StaleRegister;
    f.effect = v.effect;
    f.after = v.descriptor;
    if (f.missing == MissingStep::DsbBeforeTlbi) f.missing = MissingStep::IsbBeforeTlbi;
    else if (f.missing == MissingStep::Tlbi) f.missing = MissingStep::TlbiOfField;
    return f;
}

void CoherenceChecker::use_old_registers(const Use& use) {
    register_changes_.for_each({use.va, 1}, [&](StaleValue& v) {
        if (!register_matters(v, use)) return;
        const bool own_stack = use.va + kStackBytes - v.write.stack < 2 * kStackBytes;
        const bool early = !register_changes_.is_synchronized(v);
        if (early ? v.effect != RegisterEffect::MemoryType || own_stack : !register_changes_.is_due(v)) return;
        v.told = true;
        v.finding = findings_.report(early ? early_use(use, v.write) : old_register_use(v));
        findings_.note_access(v.finding, use.site, use.va);
    });
}

}  // namespace mmu::check
