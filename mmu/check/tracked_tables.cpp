#include "mmu/check/tracked_tables.h"

#include <algorithm>
#include <cstring>

namespace mmu::check {

using arch::Descriptor;
using arch::DescriptorType;
using arch::u16;
using arch::u64;

bool Tree::may_be_cached_for(u16 asid) const { return std::find(asids.begin(), asids.end(), asid) != asids.end(); }
void Tree::remember(u16 asid) {
    if (!may_be_cached_for(asid)) asids.push_back(asid);
}
void Tree::forget(u16 asid) { std::erase(asids, asid); }

bool TablePage::is_linked_at(const Tree& tree, u64 va) const {
    return std::any_of(positions.begin(), positions.end(),
                       [&](const Position& p) { return p.tree == &tree && p.va == va; });
}

// Grows at either end, so that it is as large as what it spans. Where there is no memory, no store comes.
void TrackedTables::watch(u64 pa, bool on) {
    if (on ? memory_.page(arch::PhysicalAddress{pa}) == nullptr : !is_watched(pa)) return;
    const u64 frame = pa >> 12;
    if (watched_.empty()) first_frame_ = arch::align_down(frame, 64);
    if (frame < first_frame_) {
        const u64 first = arch::align_down(frame, 64);
        watched_.insert(watched_.begin(), (first_frame_ - first) / 64, 0);
        first_frame_ = first;
    }
    const u64 at = frame - first_frame_;
    if (at / 64 >= watched_.size()) watched_.resize(at / 64 + 1);
    const u64 bit = u64{1} << (at % 64);
    watched_[at / 64] = on ? watched_[at / 64] | bit : watched_[at / 64] & ~bit;
}

TablePage* TrackedTables::find(u64 pa) {
    const auto at = by_frame_.find(pa >> 12);
    if (at == by_frame_.end()) return nullptr;
    TablePage* const page = at->second;
    return (pa - page->pa) / 8 < page->shadow.size() ? page : nullptr;
}

unsigned TrackedTables::entries_of(const TableRoot& root, int level) {
    const unsigned full = arch::level_bits(root.format.granule);
    if (level != root.start_level) return 1u << full;
    return 1u << (root.input_bits - arch::level_shift(root.format.granule, level));
}

TablePage* TrackedTables::link(Tree& tree, u64 pa, int level, u64 va, bool& is_new) {
    is_new = false;
    if (TablePage* const known = find(pa)) {
        if (known->level != level || known->pa != pa) return nullptr;
        known->positions.push_back({&tree, va});
        return known;
    }
    if (memory_.page(arch::PhysicalAddress{pa}) == nullptr || by_frame_.contains(pa >> 12)) return nullptr;
    auto page = std::make_unique<TablePage>();
    page->pa = pa;
    page->level = level;
    page->shadow.resize(entries_of(tree.root, level));
    for (unsigned i = 0; i < page->shadow.size(); ++i) page->shadow[i] = read(pa + 8 * i);
    page->positions.push_back({&tree, va});
    const u64 bytes = 8 * page->shadow.size();
    for (u64 at = arch::align_down(pa, 4096); at < pa + bytes; at += 4096) {
        by_frame_[at >> 12] = page.get();
        watch(at, true);
    }
    is_new = true;
    return (pages_[pa] = std::move(page)).get();
}

void TrackedTables::unlink(TablePage& page, const Tree& tree, u64 va) {
    const auto at = std::find_if(page.positions.begin(), page.positions.end(), [&](const TablePage::Position& p) {
        return p.tree == &tree && p.va == va;
    });
    if (at != page.positions.end()) page.positions.erase(at);
    if (!page.positions.empty()) return;
    const u64 bytes = 8 * page.shadow.size();
    for (u64 frame = arch::align_down(page.pa, 4096); frame < page.pa + bytes; frame += 4096) {
        by_frame_.erase(frame >> 12);
        watch(frame, false);
    }
    pages_.erase(page.pa);
}

Tree* TrackedTables::find_tree(const TableRoot& root) {
    for (const auto& tree : trees_)
        if (tree->root == root) return tree.get();
    return nullptr;
}

Tree& TrackedTables::add_tree(const TableRoot& root) {
    trees_.push_back(std::make_unique<Tree>());
    trees_.back()->root = root;
    trees_.back()->id = ++last_id_;
    return *trees_.back();
}

void TrackedTables::remove_tree(const Tree& tree) {
    std::erase_if(trees_, [&tree](const auto& t) { return t.get() == &tree; });
}

TrackedTables::Found TrackedTables::walk(const Tree& tree, u64 va) {
    const arch::TableFormat format = tree.root.format;
    const u64 input = va & arch::low_mask(tree.root.input_bits);
    u64 table = tree.root.table;
    for (int level = tree.root.start_level;; ++level) {
        TablePage* const page = find(table);
        if (page == nullptr) return {};
        const auto index = static_cast<unsigned>(arch::table_index(format.granule, level, input));
        if (index >= page->shadow.size()) return {};
        const Descriptor d = page->shadow[index];
        if (d.type_at(format, level) != DescriptorType::Table) return {page, index};
        table = d.next_table(format);
    }
}

bool TrackedTables::same_contents(u64 a, u64 b, u64 bytes) {
    for (u64 at = 0; at < bytes; at += 4096) {
        const arch::u8* const left = memory_.page(arch::PhysicalAddress{a + at});
        const arch::u8* const right = memory_.page(arch::PhysicalAddress{b + at});
        if (left == nullptr || right == nullptr || std::memcmp(left, right, 4096) != 0) return false;
    }
    return true;
}

}  // namespace mmu::check
