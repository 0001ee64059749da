#pragma once

#include <string>

#include "emu/app/command_line.h"

namespace emu::app {

struct Subcommand {
    std::string name;
    std::string operands;  // "WORKLOAD [-- KEY=VALUE ...]"
    std::string sentence;
    std::string details;  // more lines of --help; may be empty
    Options options{"Options"};
    int (*run)(const CommandLine&);  // returns the exit status
};

// Exit statuses of the program.
inline constexpr int kDone = 0;
inline constexpr int kGuestFailed = 1;  // or was interrupted, or the runs are not comparable
inline constexpr int kUserError = 2;

// One per file.
[[nodiscard]] Subcommand run_subcommand();
[[nodiscard]] Subcommand compare_subcommand();
[[nodiscard]] Subcommand replay_subcommand();
[[nodiscard]] Subcommand debug_subcommand();
[[nodiscard]] Subcommand validate_subcommand();
[[nodiscard]] Subcommand list_subcommand();
[[nodiscard]] Subcommand dump_config_subcommand();

}  // namespace emu::app
