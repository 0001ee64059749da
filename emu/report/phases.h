// Phases as reports show them: those that bear one name are one, whatever number of times the guest opened it.
#pragma once

#include <string>
#include <vector>

#include "emu/report/run_result.h"

namespace emu {

// Sums `part` into `whole`; begin and end widen to cover both.
void add_phase(PhaseResult& whole, const PhaseResult& part);

// The phases of interest of a run, merged by name, in the order in which they were first opened.
[[nodiscard]] std::vector<PhaseResult> phases_of_interest(const RunResult& run);

// All of them together; an empty phase if there is none.
[[nodiscard]] PhaseResult all_of_interest(const RunResult& run);

}  // namespace emu
