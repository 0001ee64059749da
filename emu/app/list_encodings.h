#pragma once

#include "emu/app/command_line.h"

namespace emu::app {

// --class
void add_encoding_options(Options& options);

// foldwalk list encodings: a line for each row of a64.def. Throws UserError for a class that no row has.
void list_encodings(const CommandLine& line);

}  // namespace emu::app
