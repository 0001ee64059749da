// A program's first stack: strings, auxiliary vector, environment, arguments. Linux: setup_arg_pages() and
// create_elf_tables().
#pragma once

#include "kernel_model/process/exec.h"

namespace km {

struct ProgramFacts {
    u64 entry;
    u64 program_headers;        // user address
    u64 program_header_count;
    const char* path;
};

// Maps the stack region and fills its top. `sp` is what the program starts with. False: no memory.
[[nodiscard]] bool make_stack(AddressSpace& mm, const ExecStrings& strings, const ProgramFacts& facts, u64& sp);

}  // namespace km
