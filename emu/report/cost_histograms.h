// How the cycles of single calls of the probed operations are distributed.
#pragma once

#include <string>

#include "emu/report/run_result.h"

namespace emu {

// Of each operation a line for every power of two, with a bar. Empty without timed calls.
[[nodiscard]] std::string cost_histograms(const RunResult& run);

}  // namespace emu
