#include "emu/report/phases.h"

#include <algorithm>

#include "emu/report/fold_counts.h"

namespace emu {
namespace {

void add_operation(std::vector<OperationCount>& operations, const OperationCount& calls) {
    const auto same = [&](const OperationCount& o) {
        return o.operation == calls.operation && o.outcome == calls.outcome && o.caller == calls.caller;
    };
    const auto at = std::find_if(operations.begin(), operations.end(), same);
    if (at == operations.end())
        operations.push_back(calls);
    else
        at->count += calls.count;
}

}  // namespace

void add_phase(PhaseResult& whole, const PhaseResult& part) {
    whole.el0 += part.el0;
    whole.el1 += part.el1;
    whole.begin_instruction = std::min(whole.begin_instruction, part.begin_instruction);
    whole.end_instruction = std::max(whole.end_instruction, part.end_instruction);
    whole.timed_instructions += part.timed_instructions;
    for (const auto& [name, n] : part.guest) add_count(whole.guest, name, n);
    for (const auto& calls : part.operations) add_operation(whole.operations, calls);
    if (!part.misses) return;
    if (!whole.misses) whole.misses.emplace();
    *whole.misses += *part.misses;
}

std::vector<PhaseResult> phases_of_interest(const RunResult& run) {
    std::vector<PhaseResult> merged;
    for (const auto& phase : run.phases) {
        if (!phase.of_interest) continue;
        const auto at = std::find_if(merged.begin(), merged.end(), [&](const auto& p) { return p.name == phase.name; });
        if (at == merged.end())
            merged.push_back(phase);
        else
            add_phase(*at, phase);
    }
    return merged;
}

PhaseResult all_of_interest(const RunResult& run) {
    const auto merged = phases_of_interest(run);
    if (merged.empty()) return {};
    PhaseResult whole = merged.front();
    for (std::size_t i = 1; i < merged.size(); ++i) add_phase(whole, merged[i]);
    return whole;
}

}  // namespace emu
