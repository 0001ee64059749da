// The traces of one run: which there are, and which instructions they need to see.
#pragma once

#include <memory>

#include "emu/machine/guest_image.h"
#include "emu/machine/instruction_trace.h"
#include "emu/machine/mmu_trace.h"
#include "emu/machine/run.h"

namespace emu {

class Traces {
public:
    // `pe` and `memory` must outlive the traces.
    Traces(const RunRequest& request, const GuestImage& image, const Pe& pe, PhysicalMemory& memory);

    // Whether the next instruction may be traced. Where it may not, the run need not be recorded for this.
    [[nodiscard]] bool wanted(arch::u64 retired) const { return retired + 1 >= first_ && retired + 1 <= last_; }
    // The number of retired instructions, at most `limit`, at which wanted() may change.
    [[nodiscard]] arch::u64 next_change(arch::u64 retired, arch::u64 limit) const;

    // The recording loop is about to go on.
    void resume();
    void record(const InstructionRecord& record, const TraceRange::Place& place, arch::u64 cycle);

private:
    FunctionTable functions_;
    std::unique_ptr<InstructionTrace> instructions_;
    std::unique_ptr<MmuTrace> mmu_;
    arch::u64 first_{~arch::u64{0}};
    arch::u64 last_{0};
};

}  // namespace emu
