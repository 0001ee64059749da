// Targets of indirect branches by address and history, in two tagged tables of different lengths (after A. Seznec's
// ITTAGE). A branch that neither knows has the target buffer's.
#pragma once

#include <array>
#include <bit>
#include <vector>

#include "emu/timing/branch/branch_history.h"
#include "emu/timing/branch/predictor_config.h"

namespace emu {

class IndirectPredictor {
public:
    IndirectPredictor(unsigned entries, const BranchHistory& history)
        : history_{history}, entries_{std::bit_floor(entries)}, tables_(kLengths.size() * entries_) {}

    // Predicts, then learns that the branch at `pc` went to `target`. `fallback` is what the target buffer said.
    u64 predict_and_train(u64 pc, u64 fallback, u64 target);

private:
    struct Entry {
        u64 key{0};
        u64 target{0};
        bool sure{false};  // it was right the last time
    };
    static constexpr std::array<unsigned, 2> kLengths{12, 48};  // bits of history

    [[nodiscard]] u64 key_of(u64 pc, unsigned table) const;
    [[nodiscard]] Entry& slot(u64 key, unsigned table);
    static void train(Entry& entry, u64 key, u64 target);

    const BranchHistory& history_;
    u64 entries_;
    std::vector<Entry> tables_;
};

}  // namespace emu
