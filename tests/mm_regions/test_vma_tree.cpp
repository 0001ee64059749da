// The tree of regions against a sorted list that is searched from end to end.
#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <vector>

#include "kernel_model/mm/vma_tree.h"
#include "tests/support/catch.h"

using namespace km;

namespace {

constexpr u64 kPages = 4096;  // addresses are page numbers times PAGE_SIZE

// A tree with its regions and, beside it, the same by address.
struct Forest {
    VmaTree tree;
    std::deque<Vma> storage;
    std::map<u64, Vma*> by_start;

    void insert(u64 start, u64 end, u64 flags = 0) {
        Vma& vma = storage.emplace_back();
        vma.vm_start = start;
        vma.vm_end = end;
        vma.vm_flags = flags;
        tree.insert(vma);
        by_start[start] = &vma;
    }
    void erase(u64 start) {
        tree.erase(*by_start.at(start));
        by_start.erase(start);
    }
    Vma* find(u64 address) const {
        for (const auto& [start, vma] : by_start)
            if (vma->vm_end > address) return vma;
        return nullptr;
    }
};

struct Hole {
    u64 start, end;
};

// All holes in ascending order, the one above the last region included.
std::vector<Hole> holes(const Forest& forest, u64 low, u64 high) {
    std::vector<Hole> found;
    u64 start = 0;
    for (const auto& [at, vma] : forest.by_start) {
        found.push_back({std::max(start, low), std::min(vm_start_gap(*vma), high)});
        start = vma->vm_end;
    }
    found.push_back({std::max(start, low), high});
    return found;
}
bool fits(const Hole& hole, u64 length) { return hole.end > hole.start && hole.end - hole.start >= length; }

void check_gaps(const Forest& forest, u64 low, u64 high, u64 length) {
    const std::vector<Hole> all = holes(forest, low, high);
    const auto fit = [length](const Hole& hole) { return fits(hole, length); };
    const auto lowest = std::find_if(all.begin(), all.end(), fit);
    const auto highest = std::find_if(all.rbegin(), all.rend(), fit);
    const Gap top = forest.tree.highest_gap(low, high, length), bottom = forest.tree.lowest_gap(low, high, length);
    REQUIRE(top.empty() == (highest == all.rend()));
    REQUIRE(bottom.empty() == (lowest == all.end()));
    if (highest == all.rend()) return;
    REQUIRE(top.start == highest->start);
    REQUIRE(top.end == highest->end);
    REQUIRE(bottom.start == lowest->start);
    REQUIRE(bottom.end == lowest->end);
}

void check_list(const Forest& forest) {
    const Vma* vma = forest.tree.first();
    const Vma* before = nullptr;
    for (const auto& [start, expected] : forest.by_start) {
        REQUIRE(vma == expected);
        REQUIRE(vma->prev == before);
        before = vma;
        vma = vma->next;
    }
    REQUIRE(vma == nullptr);
    REQUIRE(forest.tree.last() == before);
    REQUIRE(forest.tree.size() == forest.by_start.size());
}

struct Dice {
    std::mt19937_64 engine;
    u64 below(u64 limit) { return engine() % limit; }
};

void add_region(Forest& forest, Dice& dice) {
    const u64 start = (1 + dice.below(kPages)) * PAGE_SIZE, end = start + (1 + dice.below(12)) * PAGE_SIZE;
    const Vma* const next = forest.find(start);
    if (next != nullptr && next->vm_start < end) return;
    forest.insert(start, end, dice.below(20) == 0 ? VM_GROWSDOWN : 0);
}

void remove_region(Forest& forest, Dice& dice) {
    if (forest.by_start.empty()) return;
    auto victim = forest.by_start.begin();
    std::advance(victim, static_cast<std::ptrdiff_t>(dice.below(forest.by_start.size())));
    forest.erase(victim->first);
}

// The bounds of one region move inside the space between its neighbours.
void move_bounds(Forest& forest, Dice& dice) {
    const Vma* const found = forest.find(dice.below(kPages) * PAGE_SIZE);
    if (found == nullptr) return;
    Vma* const vma = forest.by_start.at(found->vm_start);
    const u64 low = vma->prev != nullptr ? vma->prev->vm_end : PAGE_SIZE;
    const u64 start = low + dice.below((vma->vm_end - low) / PAGE_SIZE) * PAGE_SIZE;
    forest.by_start.erase(vma->vm_start);
    forest.tree.set_range(*vma, start, vma->vm_end, 0);
    forest.by_start[start] = vma;
}

}  // namespace

TEST_CASE("The tree finds regions and holes as a list does, whatever was inserted, erased and moved") {
    const u64 seed = GENERATE(range(u64{1}, u64{9}));
    Dice dice{std::mt19937_64{seed}};
    Forest forest;
    for (unsigned step = 0; step != 1500; ++step) {
        const u64 what = dice.below(8);
        if (what < 4)
            add_region(forest, dice);
        else if (what < 6)
            remove_region(forest, dice);
        else
            move_bounds(forest, dice);
        const u64 address = dice.below(kPages + 20) * PAGE_SIZE;
        REQUIRE(forest.tree.find(address) == forest.find(address));
        const u64 low = dice.below(kPages) * PAGE_SIZE;
        check_gaps(forest, low, low + dice.below(kPages) * PAGE_SIZE, (1 + dice.below(40)) * PAGE_SIZE);
        if (step % 50 == 0) check_list(forest);
    }
}

TEST_CASE("The tree stays balanced when regions come in ascending order") {
    Forest forest;
    for (u64 i = 0; i != 4096; ++i) forest.insert((2 * i + 1) * PAGE_SIZE, (2 * i + 2) * PAGE_SIZE);
    int height = 0;
    for (const Vma& vma : forest.storage) height = std::max(height, vma.tree_height);
    CHECK(height <= 13);
    check_list(forest);
}

TEST_CASE("A hole below a stack ends one guard earlier") {
    Forest forest;
    const u64 stack = 4 * kStackGuardGap;
    forest.insert(PAGE_SIZE, 2 * PAGE_SIZE);
    forest.insert(stack, stack + PAGE_SIZE, VM_GROWSDOWN);
    const Gap gap = forest.tree.highest_gap(0, stack, PAGE_SIZE);
    CHECK(gap.start == 2 * PAGE_SIZE);
    CHECK(gap.end == stack - kStackGuardGap);
}

TEST_CASE("Clearing the tree keeps the list for whoever frees the regions") {
    Forest forest;
    forest.insert(PAGE_SIZE, 2 * PAGE_SIZE);
    forest.insert(3 * PAGE_SIZE, 4 * PAGE_SIZE);
    const Vma* const first = forest.tree.first();
    forest.tree.clear();
    CHECK(forest.tree.size() == 0);
    CHECK(forest.tree.find(0) == nullptr);
    REQUIRE(first->next != nullptr);
    CHECK(first->next->vm_start == 3 * PAGE_SIZE);
}
