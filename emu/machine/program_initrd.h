// The initrd of a run of a user's program: the program, its files, its input, and the start file that the guest kernel
// reads arguments and environment from (kernel_model/boot/start_file.h).
#pragma once

#include "emu/machine/guest_image.h"
#include "emu/machine/user_program.h"

namespace emu {

// Boot argument that starts the program of such an initrd.
inline constexpr const char* kProgramBootArgument = "start=/.foldwalk/start";

// Fills initrd, program_symbols and inputs of `image`. Throws UserError: a file that cannot be read, a program that is not
// static or not AArch64's, a guest path that two files claim or that is not allowed.
void add_program(const UserProgram& program, GuestImage& image);

}  // namespace emu
