// What a user's program writes, as the guest's OUTPUT marker hands it over; the console has only what the kernel says.
#pragma once

#include <functional>
#include <map>
#include <string_view>

#include "emu/report/run_result.h"
#include "kernel_model/abi/guest_abi.h"
#include "mmu/arch/bits.h"

namespace emu {

// Takes what the program writes while it runs; `stream` is 1 (output) or 2 (error).
using ProgramSink = std::function<void(int stream, std::string_view bytes)>;

class ProgramConsole {
public:
    explicit ProgramConsole(ProgramSink sink) : sink_{std::move(sink)} {}

    void write(arch::u64 stream, std::string_view bytes);
    void count_not_built(arch::u64 syscall) { ++not_built_[syscall]; }

    [[nodiscard]] ProgramResult result(arch::u64 wait_status) const;

private:
    ProgramSink sink_;
    OutputFacts output_;
    OutputFacts error_;
    std::map<arch::u64, arch::u64> not_built_;  // calls by number
};

}  // namespace emu
