#pragma once

namespace km {

// Fills port::features from the ID registers.
void read_cpu_features();
// Privileged Access Never on, where the core has it; from then on the kernel reaches user memory by LDTR/STTR only.
void enable_pan();

}  // namespace km
