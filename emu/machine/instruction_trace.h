// A line for each executed instruction, for reading by people:
//
//     number  cycle  EL  pc                function+offset  instruction  registers written  memory
//     81234   41200  0   0000000000400204  workload+0x34    ldr x8, [x21, x8]  x8=0000000000000007
//                                                             R ffffb7e01000>48020000 8=0000000000000007
// (on one line). The number counts from 1 since reset, one more than instructions retired before; the cycle is when it
// has committed, 0 without timing. Flags and V registers are written like X registers: nzcv=-ZC-, v0=..., fpsr=....
// Memory: R load, W store, A atomic, Z DC ZVA, C cache maintenance, P prefetch; virtual>physical address, bytes, and what
// is there afterwards as one number; `fault` where the access was refused.
#pragma once

#include <string>

#include "emu/core/pe.h"
#include "emu/core/record.h"
#include "emu/isa/disassembler.h"
#include "emu/machine/trace_request.h"
#include "emu/memory/physical_memory.h"
#include "emu/timing/ledger/function_table.h"

namespace emu {

class InstructionTrace {
public:
    // Everything referred to must outlive the trace.
    InstructionTrace(TraceRequest request, const FunctionTable& functions, const Pe& pe, PhysicalMemory& memory);

    // The loop is about to go on at pe.pc: registers may have changed since the last record.
    void resume() { note_registers(); }
    // After each instruction; `place` says which. `cycle` is 0 without timing.
    void record(const InstructionRecord& record, const TraceRange::Place& place, arch::u64 cycle);

private:
    struct Registers {
        arch::u64 x[kRegSp + 1];
        VectorRegister v[32];
        arch::u32 nzcv, fpcr, fpsr;
    };
    void note_registers();
    [[nodiscard]] std::string results(const DecodedOp& op) const;
    [[nodiscard]] std::string accesses(const InstructionRecord& record) const;

    TraceRequest request_;
    const FunctionTable& functions_;
    const Pe& pe_;
    PhysicalMemory& memory_;
    Disassembler disassembler_;
    Registers before_{};
};

}  // namespace emu
