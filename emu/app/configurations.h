// Which configurations `compare` puts side by side.
#pragma once

#include <string>
#include <vector>

#include "emu/app/configuration.h"
#include "emu/report/comparison.h"

namespace emu::app {

struct NamedSources {
    std::string name;
    ConfigSources sources;
};

struct ComparisonPlan {
    std::vector<NamedSources> configurations;
    std::vector<Difference> differences;
    std::size_t same_work_from{0};
};

// 4k, folios, contpte-nohint and contpte. `base` decides all but the folio sizes of 4k, the image, and the hint.
// `contiguous` is the value of mmu.contiguous in `base`.
[[nodiscard]] ComparisonPlan four_configurations(const ConfigSources& base, const std::string& contiguous);

// --vary KEY=A,B,...: one configuration for each value; differences are from the first.
// Throws UserError if `text` is not a key with at least two values.
[[nodiscard]] ComparisonPlan varied_configurations(const ConfigSources& base, const std::string& text);

// The value of mmu.contiguous without the hint: "hint+coalesce4" -> "coalesce4", "hint" -> "ignore".
[[nodiscard]] std::string without_hint(const std::string& contiguous);

}  // namespace emu::app
