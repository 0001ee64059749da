#pragma once

#include "emu/app/command_line.h"

namespace emu::app {

// `list cores`: one row for each core. `list cores NAME` (or FILE.ini): every figure of one, with unit, range, how sure
// it is and where it comes from. Throws UserError for a core that does not exist, or a second name.
void list_cores(const CommandLine& line);

}  // namespace emu::app
