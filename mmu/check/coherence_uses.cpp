// What accesses may meet: old values that are still cached, groups that disagree, descriptors not yet visible.
#include "mmu/check/coherence_checker.h"

namespace mmu::check {

using arch::Descriptor;
using arch::DescriptorType;
using arch::u64;

Finding CoherenceChecker::finding_of(const StaleValue& v) {
    Finding f;
    f.rule = Rule::StaleUse;
    f.missing = MissingStep::Tlbi;
    if (v.invalidated) {
        f.rule = Rule::DsbAfterTlbi;
        f.missing = MissingStep::DsbAfterTlbi;
    } else if (v.flaw == StaleValue::Flaw::BeforeDsb) {
        f.rule = Rule::DsbBeforeTlbi;
        f.missing = MissingStep::DsbBeforeTlbi;
    } else if (v.flaw == StaleValue::Flaw::WrongLevel) {
        f.rule = Rule::WrongLevel;
        f.missing = MissingStep::RightLevel;
    }
    f.format = v.format;
    f.va = v.own.first;
    f.bytes = v.own.bytes;
    f.asid = v.asid;
    f.global = v.global;
    f.descriptor_pa = v.descriptor_pa;
    f.before = v.descriptor;
    f.before_level = f.after_level = v.level;
    f.write = v.write;
    f.tlbi = v.tlbi;
    f.freed = v.freed;
    return f;
}

// ---- accesses

void CoherenceChecker::use(const Use& use) {
    if (use.el != 0 && !pending_.empty()) {
        use_early(use);
        use_control_early(use);
        if (use.fetch) fetch_early(use);
    }
    if (register_changes_.may_concern(use.va)) use_old_registers(use);
    if (!stale_.may_concern(use.va)) return;
    std::optional<StaleKind> legal;
    stale_.for_each({use.va, 1}, [&](StaleValue& v) { use_stale(v, use, legal); });
    if (legal) ++legal_.accesses[static_cast<std::size_t>(*legal)];
}

// A use by EL1 of what was made valid, or of a register that was written, too early.
void CoherenceChecker::use_early(const Use& use) {
    if (const auto made = pending_.take_made(use.va, use.fetch)) {
        Finding f;
        f.rule = use.fetch && made->visible ? Rule::MissingFetchIsb : Rule::UnsynchronizedMake;
        f.missing = made->visible ? MissingStep::IsbBeforeUse : MissingStep::DsbBeforeUse;
        f.format = made->format;
        f.va = made->range.first;
        f.bytes = made->range.bytes;
        f.asid = regime_.asid;
        f.global = !made->descriptor.test<Descriptor::nG>();
        f.descriptor_pa = made->descriptor_pa;
        f.after = made->descriptor;
        f.before_level = f.after_level = made->level;
        f.write = made->write;
        findings_.note_access(findings_.report(f), use.site, use.va);
    }
    // Code that writes the register of its own half is mapped alike by both trees.
    const auto written = use.fetch ? std::nullopt : pending_.take_register(use.va);
    if (written) findings_.note_access(findings_.report(early_use(use, *written)), use.site, use.va);
}

// Whether EL1 fetches the same from `va` by `v` as by the descriptor that decides it now.
bool CoherenceChecker::fetches_alike(const StaleValue& v, u64 va, Descriptor& now, int& level) {
    const Tree* const tree = current_[(va >> 55) & 1];
    if (tree == nullptr) return false;
    const TrackedTables::Found found = tables_.walk(*tree, va);
    if (found.page == nullptr) return false;
    now = found.page->shadow[found.index];
    level = found.page->level;
    const arch::TableFormat format = tree->root.format;
    if (now.type_at(format, level) == DescriptorType::Invalid || !may_fetch_at_el1(now, rules_for(format))) return false;
    const u64 offset = va & (arch::level_size(format.granule, level) - 1);
    return v.descriptor.output_address(format, v.level) + (va - v.own.first) == now.output_address(format, level) + offset;
}

// A completed TLBI acts on data accesses of this PE at once where the core has FEAT_ETS2, on fetches never before a context
// synchronization event. It matters where the old translation would fetch something else than the new.
void CoherenceChecker::fetch_early(const Use& use) {
    const auto old = pending_.take_ended(use.va, regime_.asid);
    if (!old) return;
    Finding f = finding_of(*old);
    if (old->told || fetches_alike(*old, use.va, f.after, f.after_level)) return;
    f.rule = Rule::MissingFetchIsb;
    f.missing = MissingStep::IsbBeforeUse;
    findings_.note_access(findings_.report(f), use.site, use.va);
}

// How `v` differs from the descriptor for `va` as it is; nothing where it does not, or in a way that was told at the store.
std::optional<StaleKind> CoherenceChecker::kind_now(const StaleValue& v, u64 va, Descriptor& now, int& level) {
    const Tree* const tree = current_[(va >> 55) & 1];
    if (tree == nullptr) return StaleKind::Unmapped;
    const TrackedTables::Found found = tables_.walk(*tree, va);
    if (found.page == nullptr) return StaleKind::Unmapped;
    now = found.page->shadow[found.index];
    level = found.page->level;
    const arch::TableFormat format = tree->root.format;
    if (now.type_at(format, level) == DescriptorType::Invalid) return StaleKind::Unmapped;
    if (level != v.level) return std::nullopt;
    const ChangeRules rules = rules_for(format);
    const Descriptor expected = v.seen_from(va, v.own.bytes);
    if (difference(expected, now, level, rules) != Difference::Permission) return std::nullopt;
    return stale_kind(expected, now, rules);
}

// Whether the access would go otherwise by the old value than by the new.
bool CoherenceChecker::matters(const StaleValue& v, StaleKind kind, Descriptor expected, const Use& use) const {
    const ChangeRules rules = rules_for({});  // the format decides nothing here
    switch (kind) {
        case StaleKind::Unmapped:
        case StaleKind::YoungCleared: return true;
        case StaleKind::DirtyCleared:
        case StaleKind::WriteProtected: return use.write;
        case StaleKind::Restricted: return use.fetch ? !v.descriptor.test<Descriptor::UXN>() : true;
        case StaleKind::Relaxed:
            if (use.write) return !may_write(expected, rules);
            if (use.fetch) return use.el == 0 ? expected.test<Descriptor::UXN>() : expected.test<Descriptor::PXN>();
            return use.el == 0 && !expected.test<Descriptor::AP1>();
    }
    return false;
}

bool CoherenceChecker::has_returned(const Site& write) const {
    const auto at = returns_.lower_bound(write.stack);
    return at != returns_.end() && at->first - write.stack < kStackBytes && at->second > write.instruction;
}

void CoherenceChecker::use_stale(StaleValue& v, const Use& use, std::optional<StaleKind>& legal) {
    if (v.is_table || !v.owned_by(regime_.asid)) return;
    findings_.note_access(v.finding, use.site, use.va);
    Descriptor now;
    int level = v.level;
    const auto kind = kind_now(v, use.va, now, level);
    if (!kind || !matters(v, *kind, v.seen_from(use.va, v.own.bytes), use)) return;
    const bool harmless = *kind == StaleKind::Relaxed || *kind == StaleKind::YoungCleared;
    if (harmless || use.el != 0 || !has_returned(v.write)) {
        if (!legal || *legal < *kind) legal = kind;
        return;
    }
    if (v.told) return;
    Finding f = finding_of(v);
    f.after = now;
    f.after_level = level;
    v.told = true;
    v.finding = findings_.report(f);
    findings_.note_access(v.finding, use.site, use.va);
}

// ---- where groups and freed pages are judged

void CoherenceChecker::walked(u64 pa, const Use& use) { judge(groups_.take(pa), &use); }

void CoherenceChecker::judge(const std::vector<ContiguousGroups::Group>& groups, const Use* use) {
    for (const ContiguousGroups::Group& group : groups) {
        const TablePage* const page = tables_.find(group.table_pa);
        if (page == nullptr || page->positions.empty()) continue;
        const arch::TableFormat format = page->positions.front().tree->root.format;
        const std::span members{page->shadow.data() + group.first, group.count};
        const int odd = disagreement(members, page->level, rules_for(format));
        if (odd < 0) continue;
        Finding f;
        f.rule = Rule::InconsistentGroup;
        f.missing = MissingStep::Agreement;
        f.format = format;
        f.va = group.va;
        f.bytes = members.size() * arch::level_size(format.granule, page->level);
        f.asid = regime_.asid;
        f.descriptor_pa = group.first_pa + 8 * static_cast<u64>(odd);
        f.before = odd == 0 ? members[1] : members[0];
        f.after = members[static_cast<std::size_t>(odd)];
        f.before_level = f.after_level = page->level;
        f.write = group.write;
        const arch::u32 report = findings_.report(f);
        if (use != nullptr) findings_.note_access(report, use->site, use->va);
    }
}

void CoherenceChecker::return_to_user(const Site& site) {
    returns_[site.stack] = site.instruction;
    synchronized();
    pending_.returned_to_user();
    register_changes_.returned_to_user();
    if (!groups_.empty()) judge(groups_.take_all(), nullptr);
    if (some_freed_) check_freed();
}

void CoherenceChecker::check_freed() {
    some_freed_ = false;
    stale_.for_each([&](StaleValue& v) {
        if (!v.freed.known()) return;
        some_freed_ = true;
        if (v.told || !v.owned_by(regime_.asid)) return;
        // A mapping of the kernel's own, as of lazily purged vmalloc areas, is no matter until it is used.
        if (!v.is_table && !v.descriptor.test<Descriptor::AP1>()) return;
        Descriptor now;
        int level = v.level;
        if (!v.is_table && kind_now(v, v.own.first, now, level) != StaleKind::Unmapped) return;
        Finding f = finding_of(v);
        if (f.rule == Rule::StaleUse) f.rule = v.is_table ? Rule::FreedTable : Rule::FreedPage;
        f.after = now;
        f.after_level = level;
        v.told = true;
        v.finding = findings_.report(f);
    });
}

}  // namespace mmu::check
