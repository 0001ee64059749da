// What a systematic sample says about all that it stands for: means over its units with 95 % confidence intervals.
#pragma once

#include <string>
#include <vector>

#include "emu/report/json_type.h"
#include "emu/report/run_result.h"
#include "emu/report/statistics.h"

namespace emu {

struct SampledFigure {
    std::string label;
    std::string key;  // in JSON
    int decimals{0};
    MeanInterval value{};
};

// Cycles (of all instructions that the sample stands for), cycles per instruction, and misses per 1,000 instructions. None
// without a unit. With a single unit the intervals are their means: they say nothing.
[[nodiscard]] std::vector<SampledFigure> sampled_figures(const Sample& sample);

// A table with a column per run; empty where no run is a sample.
[[nodiscard]] std::string sample_table(const std::vector<RunResult>& runs);
[[nodiscard]] Json json_of(const Sample& sample);

}  // namespace emu
