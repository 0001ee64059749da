// Predicts branches as the fetch stage would have, and learns from what they did. Tables and counters are of ordinary
// size and design (bimodal and gshare with a chooser, target buffer, return stack): no Arm core publishes its own.
#pragma once

#include <vector>

#include "emu/isa/decoded_op.h"

namespace emu {

struct ExecutedBranch {
    OpClass op_class{OpClass::Branch};
    u64 pc{0};
    u64 target{0};  // where execution went
    bool taken{false};
};

enum class Prediction : u8 {
    Right,
    LateTarget,  // the direction was right, but decode had to find the target of a direct branch
    Wrong,       // found out when the branch executed
};

class BranchPredictor {
public:
    // Sizes in entries.
    BranchPredictor(unsigned target_buffer, unsigned return_stack);

    // Judges the prediction of one branch, then learns.
    Prediction execute(const ExecutedBranch& branch);

private:
    struct Target {
        u64 pc{0};
        u64 target{0};
    };

    Prediction conditional(const ExecutedBranch& branch);
    Prediction direct(const ExecutedBranch& branch);
    Prediction indirect(const ExecutedBranch& branch);
    Prediction returns(const ExecutedBranch& branch);
    bool predict_and_train_direction(u64 pc, bool taken);
    void push_return(u64 address);
    [[nodiscard]] Target& target_entry(u64 pc);

    static constexpr unsigned kDirectionEntries = 1 << 14;
    static constexpr unsigned kIndirectEntries = 1 << 10;

    // Two-bit counters: 2 and 3 predict taken, or gshare.
    std::vector<u8> bimodal_;
    std::vector<u8> gshare_;
    std::vector<u8> chooser_;
    std::vector<Target> targets_;
    std::vector<Target> indirect_targets_;  // by branch and history
    std::vector<u64> returns_;
    std::size_t return_top_{0};
    u64 history_{0};
};

}  // namespace emu
