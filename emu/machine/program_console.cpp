#include "emu/machine/program_console.h"

#include "emu/machine/syscall_names.h"

namespace emu {

void ProgramConsole::write(arch::u64 stream, std::string_view bytes) {
    OutputFacts& facts = stream == GUEST_STREAM_ERROR ? error_ : output_;
    for (const char byte : bytes) facts.hash = (facts.hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    facts.bytes += bytes.size();
    if (sink_) sink_(static_cast<int>(stream), bytes);
}

ProgramResult ProgramConsole::result(arch::u64 wait_status) const {
    constexpr arch::u64 kSignalMask = 0x7f;
    ProgramResult out;
    out.signal = static_cast<unsigned>(wait_status & kSignalMask);
    out.exit_code = static_cast<unsigned>(wait_status >> 8 & 0xff);
    out.output = output_;
    out.error = error_;
    for (const auto& [number, calls] : not_built_) out.not_built.push_back({number, syscall_name(number), calls});
    return out;
}

}  // namespace emu
