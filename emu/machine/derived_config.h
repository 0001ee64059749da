// What one part's configuration owes to another's, so that no key has to say it twice.
#pragma once

#include "emu/machine/config.h"

namespace emu {

// With the features that the core's identification registers announce.
[[nodiscard]] mmu::MmuConfig mmu_config(const MachineConfig& config);

// Without PMU events of caches that the timing model does not have; in functional mode, of any cache or predictor.
[[nodiscard]] CoreConfig core_config(const MachineConfig& config);

}  // namespace emu
