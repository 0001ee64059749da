// Where the cycles went: the cost ledger as stacks of cycles per instruction. Phases of interest.
#pragma once

#include <string>
#include <vector>

#include "emu/report/run_result.h"

namespace emu {

// Cycles per instruction by cause, a column for each run, and of a single run the shares. Empty where nothing was timed.
[[nodiscard]] std::string cpi_stack(const std::vector<RunResult>& runs);

// The `most` functions that took most cycles, with their causes in per cent of the function's cycles; the others together.
// Instructions and cycles per instruction where the run counted them. Empty where nothing was timed.
[[nodiscard]] std::string cycles_by_function(const RunResult& run, std::size_t most);

}  // namespace emu
