// A line for each thing that happens to translations:
//
//     number  event   fields
//     81234   walk    d el=0 asid=1 va=fffff7e00000 from=root L0[4147dff8]=... L1[...]=... L2[...]=... L3[...]=...
//     81234   evict   l1d slot=3 va=... size=4K asid=1
//     81234   fill    l1d slot=3 va=fffff7e00000 pa=48020000 size=64K asid=1 level=3 contiguity=hint
//
// walk: demand walk of the data (d) or instruction (i) side, from the root or from a table that the walk cache knew, with
// each descriptor read, and `set` where hardware updated one. refill: an L1 miss that the L2 TLB served. update: a hit
// that made its descriptor dirty. prefetch: what was read to fetch another translation into the L2 TLB. evict, fill, widen: what that did to a TLB; `table` is a pointer of the walk cache.
// tlbi: operation and operands; drop, narrow: each entry that it removed, whole or in part. fault: its syndrome.
//
// It is made of the records of the recording loop and of what the TLBs hold after each event, so the MMU knows nothing of it.
#pragma once

#include <string>
#include <vector>

#include "emu/core/pe.h"
#include "emu/core/record.h"
#include "emu/machine/instruction_trace.h"
#include "mmu/mmu.h"

namespace emu {

class MmuTrace {
public:
    // Everything referred to must outlive the trace.
    MmuTrace(TraceRequest request, const FunctionTable& functions, const Pe& pe);

    // The loop is about to go on: TLBs may have changed since the last record.
    void resume();
    // After each instruction.
    void record(const InstructionRecord& record, const TraceRange::Place& place);

private:
    struct View {
        const char* name;
        const mmu::Tlb& tlb;
        std::vector<mmu::TlbEntry> entries;  // as last seen; Kind::None where a slot was empty
    };

    void line(const std::string& text);
    void lookup(char side, arch::u64 va, unsigned el, const mmu::LookupRecord& lookup);
    void tlbi(const arch::TlbInvalidation& tlbi);
    void fault(const InstructionRecord& record);
    void compare(View& view, bool invalidated);
    void compare_slot(View& view, unsigned slot, const mmu::TlbEntry& now, bool invalidated);

    TraceRequest request_;
    const FunctionTable& functions_;
    const Pe& pe_;
    std::vector<View> views_;
    arch::u64 number_{0};
    bool covered_{false};
};

}  // namespace emu
