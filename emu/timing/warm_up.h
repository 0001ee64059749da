// Keeps caches, prefetchers, translation stamps and predictors as a timed run would have them, without timing instructions:
// every access has a time of its own, behind the one before. That time is not the guest's, and nothing is counted.
#pragma once

#include <array>

#include "emu/timing/branch/branch_unit.h"
#include "emu/timing/memory/load_store_unit.h"

namespace emu {

class WarmUp {
public:
    WarmUp(const CoreTimingConfig& config, MemoryLatency& memory, TranslationTiming& translation, LoadStoreUnit& unit,
           BranchUnit& branches);

    // From `cycle` on. Whoever counted in memory, translation and unit has to ask for it again after end().
    void begin(u64 cycle);
    void consume(const InstructionRecord& record);
    // A cycle by which all that was begun is done.
    [[nodiscard]] u64 end();

private:
    void access(const InstructionRecord& record, Path path);
    void read(const DataAccess& access);

    std::array<Path, kOpClassCount> paths_;
    MemoryLatency& memory_;
    TranslationTiming& translation_;
    LoadStoreUnit& unit_;
    BranchUnit& branches_;
    mmu::CounterBank uncounted_{};
    Timeline unseen_;  // records nothing
    u64 cycle_{0};
};

}  // namespace emu
