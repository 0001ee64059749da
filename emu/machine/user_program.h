// A program of the user's that is run instead of a workload, with the files that its guest shall have.
#pragma once

#include <string>
#include <vector>

namespace emu {

// A file or a folder of the host, put into the guest's root under `guest` (no leading slash).
struct GuestFile {
    std::string host;
    std::string guest;
};

struct UserProgram {
    std::string path;                      // a static AArch64 ELF of the host
    std::vector<std::string> arguments;    // argv, the program's name first
    std::vector<std::string> environment;  // KEY=VALUE
    std::vector<GuestFile> files;
    std::string input;                     // file of the host that is its standard input; empty: there is nothing to read
};

}  // namespace emu
