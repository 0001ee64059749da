// The rows of a phase table: every figure of a phase, for one or several runs side by side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emu/report/run_result.h"

namespace emu {

struct MetricRow {
    std::string label;                          // with its unit
    std::vector<std::optional<double>> values;  // one per phase given; nothing where the run does not count it
    int decimals{0};
    bool starts_group{false};
    bool is_share{false};  // in per cent: a difference is one of percentage points
    bool shows_range{false};  // also printed with the estimated figures of the core at each end
};

// One entry per run; a null pointer is a run that never reached the phase. Rows of cycles are left out
// when no phase has any (functional mode).
[[nodiscard]] std::vector<MetricRow> metric_rows(const std::vector<const PhaseResult*>& phases);

}  // namespace emu
