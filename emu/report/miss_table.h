// Why the TLBs missed, as tables.
#pragma once

#include <string>
#include <vector>

#include "emu/report/run_result.h"

namespace emu {

// Misses by class, and those after TLBIs by the operation that issued them; a column for each run. Phases of interest. Empty
// where no run counted them.
[[nodiscard]] std::string misses_by_class(const std::vector<RunResult>& runs);
// The misses of one run by kind of memory and of mapping.
[[nodiscard]] std::string misses_by_region(const RunResult& run);

}  // namespace emu
