// Predicts branches as the fetch stage would have, and learns from what they did: directions, targets of direct and
// indirect branches, returns. It learns at once and in program order, so it is a little better than one that learns when
// branches retire.
#pragma once

#include <vector>

#include "emu/isa/decoded_op.h"
#include "emu/timing/branch/direction_predictor.h"
#include "emu/timing/branch/indirect_predictor.h"
#include "emu/timing/branch/target_buffer.h"

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
    explicit BranchPredictor(const PredictorConfig& config);

    // Judges the prediction of one branch, then learns.
    Prediction execute(const ExecutedBranch& branch) {
        return branch.op_class == OpClass::BranchCond ? conditional(branch)
                                                      : unconditional(branch.op_class, branch.pc, branch.target);
    }

private:
    Prediction conditional(const ExecutedBranch& branch) {
        const bool predicted = directions_.predict_and_train(branch.pc, branch.taken);
        history_.push(branch.taken);
        const Prediction target = branch.taken ? direct(branch.pc, branch.target) : Prediction::Right;
        return predicted == branch.taken ? target : Prediction::Wrong;
    }
    Prediction direct(u64 pc, u64 target) {
        return targets_.exchange(pc, target) == target ? Prediction::Right : Prediction::LateTarget;
    }
    Prediction unconditional(OpClass op_class, u64 pc, u64 target);
    Prediction indirect(u64 pc, u64 target);
    Prediction returns(u64 target);
    void push_return(u64 address);

    BranchHistory history_;
    DirectionPredictor directions_;
    TargetBuffer targets_;
    IndirectPredictor indirect_targets_;
    std::vector<u64> returns_;
    std::size_t return_top_{0};
};

}  // namespace emu
