// What a replay says: the trace's faults beside the guest's, folios, memory, and, with the trace of another run as the truth,
// prediction, truth and error.
#pragma once

#include <optional>
#include <string>

#include "emu/report/run_result.h"

namespace emu {

struct ReplayTruth {
    std::string name;              // of the other trace
    trace::Statistics statistics;
    bool heaps_placed{false};      // the replay put its heaps where the other run had them
};

// `run.trace` must be set.
[[nodiscard]] std::string replay_report(const RunResult& run, const std::optional<ReplayTruth>& truth);

// A prediction is within its bound: 3 per cent of the truth or 5 faults, 2 per cent or 2 folios, whichever is larger.
[[nodiscard]] bool faults_within_bound(std::uint64_t prediction, std::uint64_t truth);
[[nodiscard]] bool folios_within_bound(std::uint64_t prediction, std::uint64_t truth);

}  // namespace emu
