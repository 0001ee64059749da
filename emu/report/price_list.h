// What one call of each guest operation costs, and where cycles went.
#pragma once

#include <string>
#include <vector>

#include "emu/report/comparison.h"

namespace emu {

// A row per operation, outcome and run of the first seed; empty when no operation was called. Mean cycles stand with their
// range over the estimated figures, where it was taken; the columns after the cycles are means.
[[nodiscard]] std::string price_list(const Comparison& comparison);

// Share of the cycles of the phases of interest by cause, one column per run; empty without a ledger.
[[nodiscard]] std::string cycles_by_cause(const std::vector<RunResult>& runs);

}  // namespace emu
