// Which tables there are: trees come and go with the registers, tables with the descriptors that point to them.
#include <algorithm>
#include <utility>

#include "mmu/check/coherence_checker.h"

namespace mmu::check {

using arch::Descriptor;
using arch::DescriptorType;
using arch::u16;
using arch::u64;

namespace {

bool is_table(Descriptor d, const Tree& tree, int level) { return d.type_at(tree.root.format, level) == DescriptorType::Table; }

}  // namespace

CoherenceChecker::CoherenceChecker(const Options& options, PhysicalMemoryPort& memory)
    : options_{options}, tables_{memory}, stale_{[this](const StaleValue& v) { gone(v); }}, findings_{options.reports} {}

CoherenceChecker::Place CoherenceChecker::place_in(TablePage& page, const TablePage::Position& at, unsigned index) {
    const u64 bytes = arch::level_size(at.tree->root.format.granule, page.level);
    return {&page, at.tree, index, at.va + index * bytes};
}

void CoherenceChecker::set_regime(const CheckedRegime& regime, const Site& site) {
    if (regime == regime_) return;
    const CheckedRegime before = std::exchange(regime_, regime);
    const bool used = before.mmu_on && regime.mmu_on;
    if (before.mmu_on) in_force_ = before;
    if (in_force_.mmu_on) change_fields(in_force_, site);
    if (before.mmu_on != regime.mmu_on) pending_.mmu_switched(site);
    if (used && before.write_implies_xn && !regime.write_implies_xn) pending_.execution_allowed(site);
    for (const bool upper : {false, true}) {
        const bool same_root = before.root[upper] == regime.root[upper] && before.mmu_on == regime.mmu_on;
        if (same_root && (upper || before.asid == regime.asid)) continue;
        if (!same_root && current_[upper] != nullptr) uninstall(*current_[upper], site);
        install(upper, site);
        if (used) pending_.register_written(upper, site);
    }
}

void CoherenceChecker::install(bool upper, const Site& site) {
    const TableRoot& root = regime_.root[upper];
    current_[upper] = nullptr;
    if (!regime_.mmu_on || !root.enabled) return;
    Tree* tree = tables_.find_tree(root);
    const bool is_new = tree == nullptr;
    if (is_new) tree = &tables_.add_tree(root);
    tree->installed = true;
    tree->globals_stale = false;
    if (upper) leave_globals(site);
    current_[upper] = tree;
    const bool new_asid = !tree->may_be_cached_for(regime_.asid);
    // What the upper half has that is not global belongs to the ASID of the moment.
    if (upper) tree->asids.clear();
    tree->remember(regime_.asid);
    adopting_ = true;
    if (is_new) adopt(*tree, root.table, root.start_level, root.first_va(), site);
    else catch_up(*tree, site);
    adopting_ = false;
    if (!upper && new_asid && tree->valid != 0) check_asid(*tree, site);
}

// Descriptors written while nothing walked the tree count from now on.
void CoherenceChecker::catch_up(Tree& tree, const Site& site) {
    auto changed = std::exchange(tree.changed, {});
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    for (const auto& [pa, index] : changed) {
        TablePage* const page = tables_.find(pa);
        if (page == nullptr) continue;
        const auto positions = page->positions;
        for (const TablePage::Position& at : positions)
            if (at.tree == &tree) made(place_in(*page, at, index), page->shadow[index], site);
    }
}

void CoherenceChecker::uninstall(Tree& tree, const Site& site) {
    tree.installed = false;
    if (tree.maps_global && !tree.root.upper) make_global_leaves_stale(tree, tree.root.table, tree.root.start_level, site);
    if (tree.valid == 0) drop_tree(tree);
}

// What other trees had at the addresses of TTBR1_EL1.
void CoherenceChecker::leave_globals(const Site& site) {
    for (const auto& tree : tables_.trees()) {
        if (!tree->root.upper || tree->installed || !tree->maps_global || std::exchange(tree->globals_stale, true)) continue;
        make_global_leaves_stale(*tree, tree->root.table, tree->root.start_level, site);
    }
}

// Global translations serve whatever address space comes next.
void CoherenceChecker::make_global_leaves_stale(Tree& tree, u64 table, int level, const Site& site) {
    TablePage* const page = tables_.find(table);
    if (page == nullptr) return;
    const auto positions = page->positions;
    for (unsigned i = 0; i < page->shadow.size(); ++i) {
        const Descriptor d = page->shadow[i];
        if (is_table(d, tree, level)) {
            make_global_leaves_stale(tree, d.next_table(tree.root.format), level + 1, site);
        } else if (is_cacheable(d, tree.root.format, level) && !d.test<Descriptor::nG>()) {
            for (const auto& at : positions)
                if (at.tree == &tree) add_stale(place_in(*page, at, i), d, Descriptor{}, site, {});
        }
    }
}

void CoherenceChecker::check_asid(const Tree& tree, const Site& site) {
    const u16 asid = regime_.asid;
    for (const auto& other : tables_.trees()) {
        if (other.get() == &tree || other->root.upper || !other->may_be_cached_for(asid)) continue;
        if (other->valid != 0) return report_asid(tree, other->root.table, site);
    }
    bool stale = false;
    stale_.for_each([&](const StaleValue& v) { stale = stale || (!v.global && v.asid == asid && v.tree != tree.id); });
    if (stale) report_asid(tree, 0, site);
}

void CoherenceChecker::report_asid(const Tree& tree, u64 other_root, const Site& site) {
    Finding f;
    f.rule = Rule::AsidReuse;
    f.missing = MissingStep::Tlbi;
    f.asid = regime_.asid;
    f.descriptor_pa = tree.root.table;
    f.before = Descriptor{other_root};
    f.after = Descriptor{tree.root.table};
    f.write = site;
    findings_.report(f);
}

void CoherenceChecker::adopt(Tree& tree, u64 table, int level, u64 va, const Site& site) {
    bool is_new = false;
    TablePage* const page = tables_.link(tree, table, level, va, is_new);
    if (page == nullptr) return;
    if (is_new && !unseen_.empty()) load(page->pa, 8 * page->shadow.size());
    if (is_new && observer_.table_found) observer_.table_found(page->pa, page->shadow);
    stale_.for_each_of_frames(table >> 12, 1, [&](StaleValue& v) {
        if (v.is_table || v.freed.known() || v.kind != StaleKind::Unmapped) return;
        v.freed = site;
        some_freed_ = true;
    });
    adopt_contents(*page, {&tree, va}, site);
}

void CoherenceChecker::adopt_contents(TablePage& page, const TablePage::Position& at, const Site& site) {
    for (unsigned i = 0; i < page.shadow.size(); ++i) {
        const Descriptor d = page.shadow[i];
        if (d.type_at(at.tree->root.format, page.level) == DescriptorType::Invalid) continue;
        ++at.tree->valid;
        made(place_in(page, at, i), d, site);
    }
}

void CoherenceChecker::release(Tree& tree, u64 table, int level, u64 va, const Site* site) {
    TablePage* const page = tables_.find(table);
    if (page == nullptr || page->level != level || !page->is_linked_at(tree, va)) return;
    const TablePage::Position at{&tree, va};
    for (unsigned i = 0; i < page->shadow.size(); ++i) {
        const Descriptor d = page->shadow[i];
        const DescriptorType type = d.type_at(tree.root.format, level);
        if (type == DescriptorType::Invalid) continue;
        --tree.valid;
        const Place place = place_in(*page, at, i);
        if (type == DescriptorType::Table) release(tree, d.next_table(tree.root.format), level + 1, place.va, site);
        if (site != nullptr) add_stale(place, d, Descriptor{}, *site, {});
    }
    tables_.unlink(*page, tree, va);
}

void CoherenceChecker::drop_tree(Tree& tree) {
    release(tree, tree.root.table, tree.root.start_level, tree.root.first_va(), nullptr);
    tables_.remove_tree(tree);
}

// Of an address space that no register has, nothing is cached after all of its ASID is gone.
void CoherenceChecker::complete_address_spaces(bool in_domain) {
    if (flushed_.empty()) return;
    const auto is_done = [in_domain](const FlushedSpace& f) { return in_domain || !f.broadcast; };
    std::vector<Tree*> unused;
    for (const auto& tree : tables_.trees()) {
        const bool in_use = tree->installed;
        if (tree->root.upper) {
            const auto is_all = [&](const FlushedSpace& f) { return !f.asid && is_done(f); };
            if (!in_use && std::any_of(flushed_.begin(), flushed_.end(), is_all)) unused.push_back(tree.get());
            continue;
        }
        for (const FlushedSpace& f : flushed_) {
            if (!is_done(f)) continue;
            std::erase_if(tree->asids, [&](u16 a) { return (!f.asid || *f.asid == a) && !(in_use && a == regime_.asid); });
        }
        if (!in_use && tree->asids.empty()) unused.push_back(tree.get());
    }
    std::erase_if(flushed_, is_done);
    for (Tree* const tree : unused) drop_tree(*tree);
}

}  // namespace mmu::check
