// The share of memory bandwidth that this PE has: one line at a time, each for as long as its bytes take.
#pragma once

#include <algorithm>

#include "emu/timing/reservations.h"
#include "emu/timing/timing_config.h"

namespace emu {

class DramChannel {
public:
    DramChannel(const TimingConfig& config, u64 line_bytes) : ring_{1}, cycles_per_line_{cycles_per_line(config, line_bytes)} {}

    // The first cycle from `cycle` on at which a line can begin to pass, and takes it.
    u64 reserve(u64 cycle) {
        const u64 slot = ring_.reserve(static_cast<u64>(static_cast<double>(cycle) / cycles_per_line_));
        return std::max(cycle, static_cast<u64>(static_cast<double>(slot) * cycles_per_line_));
    }

    // What so many lines take.
    [[nodiscard]] u64 cycles_of(u64 lines) const { return static_cast<u64>(static_cast<double>(lines) * cycles_per_line_); }

private:
    static double cycles_per_line(const TimingConfig& config, u64 line_bytes) {
        const MemoryTimingConfig& m = config.memory;
        const double share = std::min(m.dram_gb_per_s, m.system_gb_per_s / m.busy_pes);
        return static_cast<double>(line_bytes) / share * static_cast<double>(config.core.frequency_mhz) / 1000.0;
    }

    SlotRing<> ring_;
    double cycles_per_line_;
};

}  // namespace emu
