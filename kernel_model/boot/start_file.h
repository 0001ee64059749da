// How a program of the user's is started: a file of the initrd that the boot argument start= names. Boot arguments cannot say
// it: they are cut at blanks. Zero-terminated strings: the program's path, that of its standard input (or nothing), the number of
// arguments in decimal, the arguments, and the environment up to the end of the file.
#pragma once

#include "kernel_model/fs/node.h"
#include "kernel_model/process/exec.h"

namespace km {

struct ProgramStart {
    const char* program{nullptr};  // path
    Node* input{nullptr};          // null: nothing to read
};
// Fills `strings`. Panics on a file that is not there or malformed.
[[nodiscard]] ProgramStart read_start_file(const char* path, ExecStrings& strings);

// The life of the program is a phase of interest, begun here and ended when init exits.
void begin_program_phase();
void end_program_phase();

}  // namespace km
