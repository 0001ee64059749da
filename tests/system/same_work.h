// Whether two runs did the same: everything but time.
#pragma once

#include <string>
#include <vector>

#include "tests/system/guest_runs.h"

namespace system_tests {

// Which events a comparison leaves out.
enum class Events : bool { All, WithoutTiming };

// One line for each thing in which the runs differ: events of each phase and of the whole run by Exception level, where
// phases begin and end, counters of the guest kernel, console, checksum and hashes.
[[nodiscard]] std::vector<std::string> differences(const emu::RunResult& a, const emu::RunResult& b, Events events);

// Events that the timing model counts, which functional mode leaves at 0.
[[nodiscard]] bool is_of_timing(Event e);

}  // namespace system_tests
