// One table for each phase of interest: every figure of every run, and the differences.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emu/report/comparison.h"
#include "emu/report/metrics.h"
#include "emu/report/statistics.h"

namespace emu {

// One figure of one phase over all runs of a comparison.
struct ComparedRow {
    MetricRow mean;                                  // over the complete seeds
    std::vector<std::vector<double>> by_seed;        // [seed][run]; empty where a run of some seed does not count it
    std::vector<std::optional<double>> at_low, at_high;  // by run; empty without ranges

    // Absolute change from one run to another, seed by seed; nothing where the figure is not counted everywhere.
    [[nodiscard]] std::optional<MeanInterval> change(const Difference& d) const;
    // Its sign at one end of the estimates is not that at the other, or not that in the middle.
    [[nodiscard]] bool sign_is_uncertain(const Difference& d) const;
};

struct ComparedPhase {
    std::string name;
    std::vector<ComparedRow> rows;
};

// Phases by the names of all runs, in order of first appearance.
[[nodiscard]] std::vector<ComparedPhase> compared_phases(const Comparison& comparison);

[[nodiscard]] std::string phase_tables(const Comparison& comparison);

}  // namespace emu
