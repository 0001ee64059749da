// What reading and writing a system register costs, by what the register is. No core's figures are published: each
// class is an estimate, and the classes follow from what the architecture asks of the access.
#pragma once

#include "emu/timing/core_timing_config.h"

namespace emu {

enum class RegisterClass : arch::u8 {
    Renamed,   // NZCV, thread pointers, SP_EL0, CurrentEL, DAIF (read): as near as a general register
    Ordinary,  // exception state, PSTATE fields: written in order
    Context,   // translation and control registers: written when all older instructions are done
    Remote,    // identification, counters, timers, debug and PMU: behind a slow bus
};

// Of an MRS, MSR (register) or MSR (immediate) instruction.
[[nodiscard]] RegisterClass register_class(arch::u32 word);

class SystemRegisterTiming {
public:
    explicit SystemRegisterTiming(const LatencyConfig& latency) : latency_{latency} {}

    [[nodiscard]] u64 read(arch::u32 word) const;
    [[nodiscard]] u64 write(arch::u32 word) const;
    // A write that need not wait to be the oldest.
    [[nodiscard]] static bool is_renamed(arch::u32 word) { return register_class(word) == RegisterClass::Renamed; }

private:
    LatencyConfig latency_;
};

}  // namespace emu
