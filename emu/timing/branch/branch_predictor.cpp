#include "emu/timing/branch/branch_predictor.h"

namespace emu {

BranchPredictor::BranchPredictor(const PredictorConfig& config)
    : directions_{config, history_},
      targets_{config.btb_entries, config.btb_ways},
      indirect_targets_{config.indirect_entries, history_},
      returns_(config.return_stack, 0) {}

// A few bits of the target tell later branches where this one went.
Prediction BranchPredictor::indirect(u64 pc, u64 target) {
    const u64 by_address = targets_.exchange(pc, target);
    const u64 predicted = indirect_targets_.predict_and_train(pc, by_address, target);
    const u64 hash = (target >> 2) * 0x9E3779B97F4A7C15 >> 61;
    for (unsigned bit = 0; bit < 3; ++bit) history_.push((hash >> bit & 1) != 0);
    return predicted == target ? Prediction::Right : Prediction::Wrong;
}

Prediction BranchPredictor::returns(u64 target) {
    const u64 predicted = returns_[return_top_];
    return_top_ = return_top_ == 0 ? returns_.size() - 1 : return_top_ - 1;
    return predicted == target ? Prediction::Right : Prediction::Wrong;
}

void BranchPredictor::push_return(u64 address) {
    return_top_ = return_top_ + 1 == returns_.size() ? 0 : return_top_ + 1;
    returns_[return_top_] = address;
}

Prediction BranchPredictor::unconditional(OpClass op_class, u64 pc, u64 target) {
    switch (op_class) {
        case OpClass::Call: push_return(pc + 4); return direct(pc, target);
        case OpClass::BranchIndirect: return indirect(pc, target);
        case OpClass::CallIndirect: push_return(pc + 4); return indirect(pc, target);
        case OpClass::Return: return returns(target);
        default: return direct(pc, target);
    }
}

}  // namespace emu
