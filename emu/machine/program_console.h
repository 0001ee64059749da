// What a user's program writes, apart from what the kernel says: the STREAM marker of the guest tells whose the console's
// next bytes are.
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

    // The marker. What was written to the stream before goes to the sink.
    void select(arch::u64 stream);
    // False: the byte is not the program's.
    [[nodiscard]] bool take(char byte);
    void count_not_built(arch::u64 syscall) { ++not_built_[syscall]; }

    [[nodiscard]] ProgramResult result(arch::u64 wait_status) const;

private:
    [[nodiscard]] static OutputFacts after(OutputFacts facts, std::string_view bytes);

    ProgramSink sink_;
    arch::u64 stream_{GUEST_STREAM_KERNEL};
    std::string pending_;
    OutputFacts output_;
    OutputFacts error_;
    std::map<arch::u64, arch::u64> not_built_;  // calls by number
};

}  // namespace emu
