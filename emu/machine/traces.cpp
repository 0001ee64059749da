#include "emu/machine/traces.h"

#include <algorithm>

#include "emu/machine/guest_probes.h"

namespace emu {

Traces::Traces(const RunRequest& request, const GuestImage& image, const Pe& pe, PhysicalMemory& memory) {
    if (!request.trace_instructions.sink && !request.trace_mmu.sink) return;
    functions_ = function_table(image.kernel_symbols, image.program_symbols);
    for (const TraceRequest* trace : {&request.trace_instructions, &request.trace_mmu}) {
        if (!trace->sink) continue;
        first_ = std::min(first_, trace->range.first());
        last_ = std::max(last_, trace->range.last());
    }
    if (request.trace_instructions.sink)
        instructions_ = std::make_unique<InstructionTrace>(request.trace_instructions, functions_, pe, memory);
    if (request.trace_mmu.sink) mmu_ = std::make_unique<MmuTrace>(request.trace_mmu, functions_, pe);
}

arch::u64 Traces::next_change(arch::u64 retired, arch::u64 limit) const {
    if (wanted(retired)) return std::min(limit, last_);
    return retired + 1 < first_ ? std::min(limit, first_ - 1) : limit;
}

void Traces::resume() {
    if (instructions_) instructions_->resume();
    if (mmu_) mmu_->resume();
}

void Traces::record(const InstructionRecord& record, const TraceRange::Place& place, arch::u64 cycle) {
    if (mmu_) mmu_->record(record, place);
    if (instructions_) instructions_->record(record, place, cycle);
}

}  // namespace emu
