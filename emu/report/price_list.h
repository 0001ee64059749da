// What one call of each guest operation costs.
#pragma once

#include <string>
#include <vector>

#include "emu/report/comparison.h"

namespace emu {

// A row per operation, outcome and run of the first seed; empty when no operation was called. Mean cycles stand with their
// range over the estimated figures, where it was taken; the columns after the cycles are means.
[[nodiscard]] std::string price_list(const Comparison& comparison);

}  // namespace emu
