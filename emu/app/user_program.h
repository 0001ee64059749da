// --program and what belongs to it: a static AArch64 program of the user's instead of a workload.
#pragma once

#include <optional>

#include "emu/app/measured.h"
#include "emu/machine/user_program.h"

namespace emu::app {

// --program, --file, --env, --stdin.
void add_program_options(Options& options);

// Nothing without --program; its arguments are what stands after --. Throws UserError: a workload named beside it, or
// options of a program without one.
[[nodiscard]] std::optional<UserProgram> user_program(const CommandLine& line);

// Throws UserError where the guest image is missing.
[[nodiscard]] RunRequest make_program_request(const DataFiles& files, const MachineConfig& config,
                                              const UserProgram& program);

// As a shell has it: the program's own status, or 128 + the signal that killed it.
[[nodiscard]] int exit_status_of(const ProgramResult& program);

}  // namespace emu::app
