#include "emu/timing/branch_predictor.h"

namespace emu {

namespace {

void train(u8& counter, bool up) {
    if (up && counter < 3) ++counter;
    if (!up && counter > 0) --counter;
}

// Spreads instruction addresses over a table of any size without a division.
u64 slot_of(u64 pc, u64 entries) {
    const u64 hash = ((pc >> 2) * 0x9E3779B97F4A7C15) >> 32;
    return (hash * entries) >> 32;
}

}  // namespace

BranchPredictor::BranchPredictor(unsigned target_buffer, unsigned return_stack)
    : bimodal_(kDirectionEntries, 1),
      gshare_(kDirectionEntries, 1),
      chooser_(kDirectionEntries, 1),
      targets_(target_buffer),
      indirect_targets_(kIndirectEntries),
      returns_(return_stack, 0) {}

Prediction BranchPredictor::execute(const ExecutedBranch& branch) {
    switch (branch.op_class) {
        case OpClass::BranchCond: return conditional(branch);
        case OpClass::Call: push_return(branch.pc + 4); return direct(branch);
        case OpClass::BranchIndirect: return indirect(branch);
        case OpClass::CallIndirect: push_return(branch.pc + 4); return indirect(branch);
        case OpClass::Return: return returns(branch);
        default: return direct(branch);
    }
}

Prediction BranchPredictor::conditional(const ExecutedBranch& branch) {
    const bool predicted = predict_and_train_direction(branch.pc, branch.taken);
    const Prediction target = branch.taken ? direct(branch) : Prediction::Right;
    return predicted == branch.taken ? target : Prediction::Wrong;
}

Prediction BranchPredictor::direct(const ExecutedBranch& branch) {
    Target& entry = target_entry(branch.pc);
    const bool known = entry.pc == branch.pc && entry.target == branch.target;
    entry = {branch.pc, branch.target};
    return known ? Prediction::Right : Prediction::LateTarget;
}

Prediction BranchPredictor::indirect(const ExecutedBranch& branch) {
    Target& by_history = indirect_targets_[((branch.pc >> 2) ^ history_) % kIndirectEntries];
    Target& by_address = target_entry(branch.pc);
    const Target& used = by_history.pc == branch.pc ? by_history : by_address;
    const bool right = used.pc == branch.pc && used.target == branch.target;
    by_history = by_address = {branch.pc, branch.target};
    history_ = (history_ << 2) ^ (branch.target >> 2);
    return right ? Prediction::Right : Prediction::Wrong;
}

Prediction BranchPredictor::returns(const ExecutedBranch& branch) {
    const u64 predicted = returns_[return_top_];
    return_top_ = return_top_ == 0 ? returns_.size() - 1 : return_top_ - 1;
    return predicted == branch.target ? Prediction::Right : Prediction::Wrong;
}

bool BranchPredictor::predict_and_train_direction(u64 pc, bool taken) {
    const u64 address = pc >> 2;
    u8& local = bimodal_[address % kDirectionEntries];
    u8& global = gshare_[(address ^ history_) % kDirectionEntries];
    u8& chooser = chooser_[address % kDirectionEntries];
    const bool local_says = local >= 2;
    const bool global_says = global >= 2;
    const bool predicted = chooser >= 2 ? global_says : local_says;
    if (local_says != global_says) train(chooser, global_says == taken);
    train(local, taken);
    train(global, taken);
    history_ = history_ << 1 | u64{taken};
    return predicted;
}

void BranchPredictor::push_return(u64 address) {
    return_top_ = return_top_ + 1 == returns_.size() ? 0 : return_top_ + 1;
    returns_[return_top_] = address;
}

BranchPredictor::Target& BranchPredictor::target_entry(u64 pc) {
    return targets_[slot_of(pc, targets_.size())];
}

}  // namespace emu
