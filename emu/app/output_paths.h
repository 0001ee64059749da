// The files that a command line names to be written, and what stands before their names.
#pragma once

#include <string>
#include <utility>

#include "emu/app/command_line.h"
#include "emu/machine/trace_range.h"

namespace emu::app {

// "[PHASE:]FILE" of --snapshot. Throws UserError where no file is named.
[[nodiscard]] std::pair<std::string, std::string> split_snapshot(const std::string& text);

// "[RANGE:]FILE" of a trace option: what stands before the first colon is a range if it can be read as one, and else part of
// the name. Throws UserError where no file is named, or the range holds nothing.
[[nodiscard]] std::pair<TraceRange, std::string> split_trace(const std::string& option, const std::string& text);

// Throws UserError where two options name the same file: one would be lost.
void refuse_shared_outputs(const CommandLine& line);

}  // namespace emu::app
