// Several runs at once, on the cores of the host. Every run has a machine of its own, and results stand in
// the order of the requests, so the number of threads is not observable.
#pragma once

#include <atomic>
#include <vector>

#include "emu/machine/run.h"

namespace emu::app {

// A run that `stop` keeps from starting yields an incomplete result that says so.
// Throws the first exception, in the order of the requests, after all threads have ended.
[[nodiscard]] std::vector<RunResult> run_all(const std::vector<RunRequest>& requests, const std::atomic<bool>& stop);

}  // namespace emu::app
