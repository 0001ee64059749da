// How each published figure is measured on the model: which chains of loads it needs, and what their times say.
#pragma once

#include <vector>

#include "emu/app/chase_runs.h"
#include "emu/app/validation_targets.h"
#include "emu/machine/config.h"

namespace emu::app {

// The chains whose times model_of() asks `runs` for. Empty for knees and system calls, which it runs by itself.
[[nodiscard]] std::vector<ChasePoint> points_of(const Target& target, const MachineConfig& config);
// In the unit of the figure. `runs` has measured points_of(target, config).
[[nodiscard]] double model_of(const Target& target, const ChaseRuns& runs, const MachineConfig& config);

}  // namespace emu::app
