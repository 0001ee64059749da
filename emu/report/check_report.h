// What the checker found, as text and JSON.
#pragma once

#include <string>

#include "emu/report/check_result.h"
#include "emu/report/json_type.h"

namespace emu {

// A line where all is well; else counts by rule and the errors that were kept. `run` names the run.
[[nodiscard]] std::string check_report(const CheckResult& check, const std::string& run);
[[nodiscard]] Json json_of(const CheckResult& check);

}  // namespace emu
