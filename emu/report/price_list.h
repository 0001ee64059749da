// What one call of each guest operation costs, and where cycles went.
#pragma once

#include <string>
#include <vector>

#include "emu/report/run_result.h"

namespace emu {

// A row per operation, outcome and run; empty when no operation was called. The columns after the cycles are means.
[[nodiscard]] std::string price_list(const std::vector<RunResult>& runs);

// Share of the cycles of the phases of interest by cause, one column per run; empty without a ledger.
[[nodiscard]] std::string cycles_by_cause(const std::vector<RunResult>& runs);

}  // namespace emu
