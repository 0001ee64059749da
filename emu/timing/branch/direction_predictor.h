// Predicts conditional branches after A. Seznec's TAGE: a table of counters by address, and tagged tables by address and
// ever longer history. The longest history that knows the branch decides; a wrong prediction allocates an entry for a
// longer one. A loop whose iterations fit the longest history is learnt with its exit.
#pragma once

#include <utility>
#include <vector>

#include "emu/timing/branch/branch_history.h"
#include "emu/timing/branch/predictor_config.h"

namespace emu {

using arch::i8;
using arch::u16;
using arch::u8;

class DirectionPredictor {
public:
    DirectionPredictor(const PredictorConfig& config, const BranchHistory& history);
    DirectionPredictor(const DirectionPredictor&) = delete;
    DirectionPredictor& operator=(const DirectionPredictor&) = delete;

    // Predicts the branch at `pc`, then learns that it was `taken`. Returns the prediction; the history is the caller's.
    bool predict_and_train(u64 pc, bool taken) { return (this->*run_)(pc, taken); }

private:
    static constexpr u16 kNoTag = 0xffff;  // of no branch

    struct Entry {
        u16 tag{kNoTag};
        i8 counter{0};  // -4 .. 3: from 0 on taken
        u8 useful{0};   // 0 .. 3: it was right where the next shorter history was not
    };
    struct Table {
        BranchHistory::Fold fold;
        Entry* entries;
    };
    // Where a table keeps a branch, and under which tag.
    struct Slot {
        Entry& entry;
        u16 tag;
    };
    // A branch about to execute.
    struct Branch {
        u64 key;  // of its address
        BranchHistory::View history;
        u8* local;
        bool taken;
    };
    // Who predicts: a tagged table, or with no entry the counters by address.
    struct Match {
        const Table* table;
        Entry* entry;
        bool taken;
    };

    // predict_and_train() with so many tagged tables: in the search for the longest history all tables have their own code.
    template <unsigned kTables>
    bool run(u64 pc, bool taken);
    template <unsigned kTables>
    [[nodiscard]] Match find_longest(const Branch& branch) const;
    // The longest history before `table` that knows the branch.
    [[nodiscard]] Match find_before(const Table* table, const Branch& branch) const;
    [[nodiscard]] Slot slot(const Table& table, const Branch& branch) const;
    [[nodiscard]] Branch branch_at(u64 pc, bool taken);
    bool train_tagged(const Match& provider, const Branch& branch);
    bool judge_new(const Match& provider, bool fallback, bool taken);
    void allocate_from(const Table* table, u64 pc, bool taken);
    void age();
    [[nodiscard]] const Table* begin() const { return tables_.data(); }
    [[nodiscard]] const Table* end() const { return tables_.data() + tables_.size(); }

    using Run = bool (DirectionPredictor::*)(u64 pc, bool taken);
    template <std::size_t... kTables>
    [[nodiscard]] static Run run_of(std::size_t tables, std::index_sequence<kTables...>);

    const BranchHistory& history_;
    std::vector<Table> tables_;  // from the shortest history to the longest
    u64 index_mask_;
    std::vector<Entry> tagged_;
    std::vector<u8> bimodal_;  // 0 .. 3: from 2 on taken
    u64 bimodal_mask_;
    Run run_;
    int trust_new_{0};  // below 0: what was just allocated is worse than the next shorter history
    u64 trained_{0};
    u64 allocations_{0};
};

}  // namespace emu
