// Targets of taken branches by address: set-associative, LRU.
#pragma once

#include <vector>

#include "emu/timing/branch/predictor_config.h"

namespace emu {

class TargetBuffer {
public:
    TargetBuffer(unsigned entries, unsigned ways)
        : ways_{ways}, sets_{entries > ways ? entries / ways : 1}, entries_(sets_ * ways) {}

    // The target known for the branch at `pc`, 0 where it is not known. Then `target` is.
    u64 exchange(u64 pc, u64 target) {
        Entry* set = &entries_[set_of(pc) * ways_];
        if (set->pc != pc) bring_to_front(set, pc);
        const u64 known = set->target;
        set->target = target;
        return known;
    }

private:
    struct Entry {
        u64 pc{~u64{0}};
        u64 target{0};
    };

    // A set keeps its entries in order of last use.
    [[gnu::noinline]] void bring_to_front(Entry* set, u64 pc) {
        unsigned way = 0;
        while (way + 1 < ways_ && set[way].pc != pc) ++way;
        const Entry found = set[way].pc == pc ? set[way] : Entry{pc, 0};
        for (; way > 0; --way) set[way] = set[way - 1];
        *set = found;
    }
    // Neighbours lie in different sets whatever the number of sets.
    [[nodiscard]] u64 set_of(u64 pc) const {
        const u64 hash = ((pc >> 2) * 0x9E3779B97F4A7C15) >> 32;
        return (hash * sets_) >> 32;
    }

    u64 ways_;
    u64 sets_;
    std::vector<Entry> entries_;
};

}  // namespace emu
