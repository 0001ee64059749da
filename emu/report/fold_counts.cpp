#include "emu/report/fold_counts.h"

namespace emu {
namespace {

void add_fold_attempt(FoldCounts& folds, const OperationCount& calls) {
    folds.attempts += calls.count;
    if (calls.outcome == kFoldedOutcome)
        folds.folded += calls.count;
    else
        add_count(folds.refused, calls.outcome, calls.count);
}

void add_unfold(FoldCounts& folds, const OperationCount& calls) {
    folds.unfolded += calls.count;
    add_count(folds.unfolded_by, calls.caller.empty() ? "unknown" : calls.caller, calls.count);
}

}  // namespace

std::uint64_t count_of(const NamedCounts& counts, std::string_view name) {
    for (const auto& [key, value] : counts)
        if (key == name) return value;
    return 0;
}

void add_count(NamedCounts& counts, std::string_view name, std::uint64_t n) {
    for (auto& [key, value] : counts) {
        if (key != name) continue;
        value += n;
        return;
    }
    counts.emplace_back(name, n);
}

FoldCounts fold_counts(const PhaseResult& phase) {
    FoldCounts folds;
    folds.probed = !phase.sampled && phase.el0[mmu::Event::CPU_CYCLES] + phase.el1[mmu::Event::CPU_CYCLES] != 0;
    folds.born_folded = count_of(phase.guest, "contpte_born_folded");
    folds.cleared_folded = count_of(phase.guest, "contpte_cleared_folded");
    for (const auto& calls : phase.operations) {
        if (calls.operation == kTryFoldFunction) add_fold_attempt(folds, calls);
        if (calls.operation == kTryUnfoldFunction) add_unfold(folds, calls);
    }
    return folds;
}

}  // namespace emu
