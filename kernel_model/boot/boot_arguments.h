// /chosen/bootargs: "key=value key=value -- init's arguments". What is not `init=`, `start=`, `linear_map=` or
// `replay_window=` is the memory manager's (mm/kernel_options.h).
#pragma once

#include "kernel_model/boot/kernel_mapper.h"

namespace km {

struct BootArguments {
    static constexpr unsigned kMaxBytes = 2048;
    static constexpr unsigned kMaxInitArguments = 32;

    char text[kMaxBytes];                     // the whole line, unchanged
    char init[256];                           // path of the first program, unless there is a start file
    char start[256];                          // start=: path of a start file (boot/start_file.h), or empty
    MapGrain linear_map{MapGrain::Page};      // linear_map=4K|cont|2M; the default is Linux's with rodata=full
    u64 replay_window{0};                     // replay_window=: bytes from the start of the initrd, 0: no trace
    char init_text[kMaxBytes];                // what follows "--", cut into words
    const char* init_arguments[kMaxInitArguments + 1];  // argv of init, its path first, then null
};

// Panics on a line that is too long, has neither init= nor start=, or an unknown linear_map=.
void read_boot_arguments(const char* line, BootArguments& out);

}  // namespace km
