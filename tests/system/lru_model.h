// A model of the data side of Neoverse N1's TLBs that shares nothing with mmu/: lists in order of use. It knows one
// entry for each page and nothing of permissions, contiguity or TLBI.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <vector>

namespace system_tests {

// Sets of `ways` tags, each ordered by use.
class LruSets {
public:
    LruSets(unsigned sets, unsigned ways) : sets_(sets), ways_{ways} {}

    // Whether the tag was there; if so it is the most recently used one of its set now.
    bool use(std::uint64_t tag, std::uint64_t index) {
        auto& set = sets_[index % sets_.size()];
        const auto at = std::find(set.begin(), set.end(), tag);
        if (at == set.end()) return false;
        set.splice(set.begin(), set, at);
        return true;
    }
    void insert(std::uint64_t tag, std::uint64_t index) {
        auto& set = sets_[index % sets_.size()];
        set.push_front(tag);
        if (set.size() > ways_) set.pop_back();
    }

private:
    std::vector<std::list<std::uint64_t>> sets_;
    unsigned ways_;
};

// L1D of 48 entries; L2 of 256 sets of 5 ways, which also holds table pointers if `holds_tables`: of the three tables
// below the root, that of level 3 found first. Sets are chosen by the address bits just above what an entry decides.
class LruModel {
public:
    explicit LruModel(bool holds_tables) : holds_tables_{holds_tables} {}

    void load(std::uint64_t va) {
        if (l1_.use(va >> kPage, 0)) return;
        ++l1_refills;
        if (!l2_.use(leaf(va), va >> kPage)) walk(va);
        l1_.insert(va >> kPage, 0);
    }

    std::uint64_t l1_refills{0};
    std::uint64_t l2_refills{0};
    std::uint64_t walks_from_cache{0};
    std::uint64_t descriptors_read{0};

private:
    static constexpr unsigned kPage = 12;
    static constexpr unsigned kTableShifts[] = {39, 30, 21};  // what one descriptor of levels 0, 1 and 2 decides
    static constexpr unsigned kTables = 3;

    static std::uint64_t leaf(std::uint64_t va) { return va >> kPage << 8 | kPage; }
    static std::uint64_t pointer(std::uint64_t va, unsigned shift) { return va >> shift << 8 | shift; }

    // How many of the three tables the L2 TLB saves the walk from looking for.
    unsigned tables_known(std::uint64_t va) {
        if (!holds_tables_) return 0;
        for (unsigned n = kTables; n > 0; --n)
            if (l2_.use(pointer(va, kTableShifts[n - 1]), va >> kTableShifts[n - 1])) return n;
        return 0;
    }
    void walk(std::uint64_t va) {
        ++l2_refills;
        const unsigned known = tables_known(va);
        walks_from_cache += known != 0 ? 1 : 0;
        descriptors_read += kTables - known + 1;
        for (unsigned n = known; holds_tables_ && n < kTables; ++n)
            l2_.insert(pointer(va, kTableShifts[n]), va >> kTableShifts[n]);
        l2_.insert(leaf(va), va >> kPage);
    }

    bool holds_tables_;
    LruSets l1_{1, 48};
    LruSets l2_{256, 5};
};

}  // namespace system_tests
