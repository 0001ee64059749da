// The last step of every pipeline: the cycles that one instruction adds to the clock, counted and charged.
#pragma once

#include <cstdlib>

#include "emu/core/record.h"
#include "emu/timing/ledger/cost_ledger.h"
#include "emu/timing/ledger/timeline.h"
#include "mmu/base/counters.h"

namespace emu {

class CycleAccount {
public:
    explicit CycleAccount(FunctionTable functions) : ledger_{std::move(functions)} {}

    // Charges that follow are of instructions of one level.
    void count_in(mmu::CounterBank& bank) {
        bank_ = &bank;
        ledger_.leave();
    }

    // The clock went from `from` to `to`, and the spans of `record` reach that far.
    void charge(const InstructionRecord& record, const Timeline& timeline, u64 from, u64 to) {
        (*bank_)[mmu::Event::CPU_CYCLES] += to - from;
        ledger_.enter(record.pc, record.el);
        const u64 charged = timeline.split(from, to, [this](const Timeline::Span& span, u64 cycles) {
            ledger_.charge(span.cause, cycles);
            if (span.figure == Figure::Estimated) note_estimate(span.cause, cycles);
        });
        if (charged != to) std::abort();  // a cycle without a cause: the ledger would not add up to CPU_CYCLES
    }
    // The same where all cycles have one cause.
    [[gnu::always_inline]] void charge(const InstructionRecord& record, Cause cause, u64 cycles) {
        ledger_.enter(record.pc, record.el);
        charge(cause, cycles);
    }
    // The same for an instruction of the function that was charged last.
    [[nodiscard]] bool charged_last(const InstructionRecord& record) const { return ledger_.is_inside(record.pc); }
    void charge(Cause cause, u64 cycles) {
        (*bank_)[mmu::Event::CPU_CYCLES] += cycles;
        ledger_.charge(cause, cycles);
    }
    [[nodiscard]] const CostLedger& ledger() const { return ledger_; }

private:
    void note_estimate(Cause cause, u64 cycles) {
        ledger_.mark_estimated(cause, cycles);
        (*bank_)[mmu::Event::SIM_CYCLES_ESTIMATED] += cycles;
    }

    CostLedger ledger_;
    mmu::CounterBank* bank_{nullptr};
};

}  // namespace emu
