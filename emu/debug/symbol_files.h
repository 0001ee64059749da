// The ELF files that a debugger wants for a run.
#pragma once

#include <string>

#include "emu/machine/run.h"

namespace emu::debug {

[[nodiscard]] std::string kernel_file(const RunRequest& request);
// Of the workload or of the user's program; linked where it runs, unless it is position-independent.
[[nodiscard]] std::string program_file(const RunRequest& request);

}  // namespace emu::debug
