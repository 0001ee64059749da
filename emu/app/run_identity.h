#pragma once

#include "emu/machine/run.h"

namespace emu::app {

// What a result says of itself before anything is measured: names, arguments, configuration.
void identify(RunResult& result, const RunRequest& request);

// The result of a run that was never started.
[[nodiscard]] RunResult not_started(const RunRequest& request);

}  // namespace emu::app
