// What CallStacks asks of the instructions that a recording loop hands over.
#pragma once

#include "emu/core/pe.h"
#include "emu/machine/kernel_stack.h"
#include "emu/timing/ledger/call_stacks.h"

namespace emu {

class CallFollower {
public:
    CallFollower(CallStacks& stacks, const Pe& pe) : stacks_{stacks}, pe_{pe} {}

    // After the clock has seen the same record.
    void consume(const InstructionRecord& record) {
        if (record.taken || record.exception || stacks_.leaves_function(record.next_pc)) stacks_.at(transfer_of(record));
    }

private:
    [[nodiscard]] Transfer transfer_of(const InstructionRecord& record) const;

    CallStacks& stacks_;
    const Pe& pe_;
};

}  // namespace emu
