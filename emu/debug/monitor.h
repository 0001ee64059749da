// GDB's `monitor` commands: what a debugger of ordinary programs has no words for.
#pragma once

#include <string>

#include "emu/machine/machine.h"

namespace emu::debug {

// The text that the command prints, or why it cannot. Changes nothing in the guest.
[[nodiscard]] std::string monitor_command(Machine& machine, Pe& pe, const std::string& command);

}  // namespace emu::debug
