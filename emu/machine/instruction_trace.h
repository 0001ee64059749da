// A line for each executed instruction, for reading by people:
//
//     cycle  EL  pc                function+offset  instruction        accesses
//     41200  0   0000000000400204  workload+0x34    ldr x8, [x21, x8]  R 0000ffffb7e01000
//
// Accesses: R load, W store, A atomic, Z DC ZVA, C cache maintenance, P prefetch.
#pragma once

#include <functional>
#include <string>

#include "emu/core/record.h"
#include "emu/isa/disassembler.h"
#include "emu/timing/function_table.h"

namespace emu {

using LineSink = std::function<void(const std::string& line)>;

// "contpte_convert+0x1c", or "?" outside every function.
[[nodiscard]] std::string place_name(const FunctionTable& functions, arch::u64 pc);

class InstructionTrace {
public:
    InstructionTrace(LineSink sink, FunctionTable functions)
        : sink_{std::move(sink)}, functions_{std::move(functions)} {}

    // `cycle` is when the instruction has committed; 0 without timing.
    void record(const InstructionRecord& record, arch::u64 cycle);

private:
    LineSink sink_;
    FunctionTable functions_;
    Disassembler disassembler_;
};

}  // namespace emu
