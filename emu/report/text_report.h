// What Foldwalk prints of runs: a heading, a table per phase of interest, the price list, and where cycles went.
#pragma once

#include <cstddef>
#include <string>

#include "emu/report/comparison.h"

namespace emu {

// What the run's figures leave out; the same for all runs of a comparison, and printed once.
[[nodiscard]] std::string report_limits(const RunResult& run);

// What else to print of a single run.
struct ReportDetail {
    std::size_t functions{0};    // rows of the cost ledger by function
    bool histograms{false};      // of the cycles of probed operations
    bool miss_regions{false};    // TLB misses by kind of memory and of mapping
};

// One run: a column of values.
[[nodiscard]] std::string report_run(const RunResult& run, const ReportDetail& detail = {});

// Runs side by side with the named differences in per cent, and the verdict when they are not comparable.
[[nodiscard]] std::string report_comparison(const Comparison& comparison);

}  // namespace emu
