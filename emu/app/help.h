#pragma once

#include <string>
#include <vector>

#include "emu/app/subcommand.h"

namespace emu::app {

// Every subcommand in a line.
[[nodiscard]] std::string overview(const std::vector<Subcommand>& all);

// One subcommand with its options.
[[nodiscard]] std::string help_of(const Subcommand& subcommand);

}  // namespace emu::app
