// Loads that missed L1D and are under way, in a core that goes on until all its miss registers are taken.
#pragma once

#include <algorithm>
#include <vector>

#include "emu/timing/memory/memory_latency.h"

namespace emu {

class OutstandingMisses {
public:
    struct Wait {
        u64 until;    // when the miss has a register
        Cause cause;  // what it waited for until then
    };

    explicit OutstandingMisses(u64 registers) : misses_(registers) {}

    // A load at `cycle` that gets its line as `served` says. Loads of a line under way share its register.
    Wait add(u64 line, u64 cycle, const MemoryLatency::Served& served) {
        Miss* first = &misses_.front();
        for (Miss& miss : misses_) {
            if (miss.line == line && miss.done > cycle) return {cycle, served.level};
            if (miss.done < first->done) first = &miss;
        }
        const Wait wait{std::max(cycle, first->done), first->level};
        *first = {line, served.ready, served.level};
        return wait;
    }

private:
    struct Miss {
        u64 line{~u64{0}};
        u64 done{0};
        Cause level{Cause::Base};
    };
    std::vector<Miss> misses_;
};

}  // namespace emu
