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
    // The same runs with further seeds, one list for each; `runs` are those of the first.
    std::vector<std::vector<RunResult>> further_seeds{};
    // The runs of the first seed with every estimated figure at its low, and at its high end; empty: not asked for, or no time.
    std::vector<RunResult> at_low{};
    std::vector<RunResult> at_high{};

    // Runs by seed, those that were cut short left out: intervals are made of whole pairs only.
    [[nodiscard]] std::vector<const std::vector<RunResult>*> complete_seeds() const;
};

// Why the runs cannot be compared, one clear line each; empty when they can.
//  - every run is complete, and they gave one checksum and, on cores that announce the same, one final memory content;
//  - the same holds for each further seed;
//  - runs of the same work: user instructions of the phases of interest and the (VA, PFN) allocation sequence.
[[nodiscard]] std::vector<std::string> incomparable(const Comparison& comparison);

}  // namespace emu
