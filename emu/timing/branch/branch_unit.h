// Executed branches: judged by the predictor, counted, and the front end sent elsewhere where it was wrong.
#pragma once

#include "emu/timing/branch/branch_predictor.h"
#include "emu/timing/front_end.h"

namespace emu {

class BranchUnit {
public:
    explicit BranchUnit(const CoreTimingConfig& config)
        : predictor_{config.predictor},
          mispredict_penalty_{config.mispredict_penalty},
          btb_miss_penalty_{config.btb_miss_penalty.mid} {}

    void count_in(mmu::CounterBank& bank) { bank_ = &bank; }

    // A branch whose direction and target are known at `resolved`.
    void resolve(const InstructionRecord& record, u64 resolved, FrontEnd& front_end) {
        const Prediction prediction = learn(record);
        ++(*bank_)[mmu::Event::BR_PRED];
        if (record.taken) front_end.end_group_early();
        if (prediction == Prediction::Right) return;
        ++(*bank_)[mmu::Event::BR_MIS_PRED];
        if (prediction == Prediction::Wrong)
            front_end.redirect(Cause::Branch, resolved + mispredict_penalty_);
        else
            front_end.redirect(Cause::Branch, front_end.floor() + btb_miss_penalty_, Figure::Estimated);
    }

    // The predictor alone: judges and learns.
    Prediction learn(const InstructionRecord& record) {
        return predictor_.execute({record.op->timing.op_class, record.pc, record.next_pc, record.taken});
    }

private:
    BranchPredictor predictor_;
    u64 mispredict_penalty_;
    u64 btb_miss_penalty_;
    mmu::CounterBank* bank_{nullptr};
};

}  // namespace emu
