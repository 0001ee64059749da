// Runs of one workload side by side: which differences have names, and whether they may be taken at all.
#pragma once

#include <string>
#include <vector>

#include "emu/report/run_result.h"

namespace emu {

// A named difference: the change from one run of the comparison to another.
struct Difference {
    std::string name;
    std::size_t from{0};  // indices of Comparison::runs
    std::size_t to{0};
};

struct Comparison {
    std::string title;  // "random_touch bytes=4M"
    std::vector<RunResult> runs;
    std::vector<Difference> differences;
    // Runs from this one on must have done the same user work on the same memory; runs.size(): none must.
    std::size_t same_work_from{0};
};

// Why the runs cannot be compared, one clear line each; empty when they can.
//  - every run is complete, and they gave one checksum and one final memory content;
//  - runs of the same work: user instructions of the phases of interest and the (VA, PFN) allocation sequence.
[[nodiscard]] std::vector<std::string> incomparable(const Comparison& comparison);

}  // namespace emu
