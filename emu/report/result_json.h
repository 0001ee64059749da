// The result file, schema foldwalk-result/1. Identical runs give identical bytes: no time, no path, no pointer order.
#pragma once

#include <string>
#include <vector>

#include "emu/report/comparison.h"
#include "emu/report/json_type.h"

namespace emu {

inline constexpr const char* kResultSchema = "foldwalk-result/1";

// 64-bit checksums and hashes are strings of hexadecimal digits, since most readers of JSON hold
// numbers in doubles; counters are integers; means are real numbers.
[[nodiscard]] Json json_of(const RunResult& run);

// What a trace says happened.
[[nodiscard]] Json json_of(const trace::Statistics& statistics);

// The whole document. `command` is the command line as the user typed it, program name excluded.
[[nodiscard]] Json result_document(const std::vector<std::string>& command, const std::vector<RunResult>& runs);

// As above, and which runs were compared, and why they cannot be where they cannot.
[[nodiscard]] Json comparison_document(const std::vector<std::string>& command,
                                       const std::vector<Comparison>& comparisons);

}  // namespace emu
