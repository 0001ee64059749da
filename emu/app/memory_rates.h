// How fast the modelled core clears and copies memory.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "emu/app/data_files.h"
#include "emu/machine/run.h"

namespace emu::app {

// GB/s of the workload memory_rates: runs of `page` bytes, in a region of `bytes` (the copy has a second one).
struct MemoryRates {
    std::string page;
    std::string bytes;
    double copy;
    double clear_by_stores;
    double clear_by_zva;
};

// Throws UserError where the guest is missing. Empty: interrupted.
[[nodiscard]] std::vector<MemoryRates> measure_memory_rates(const DataFiles& files, const MachineConfig& config,
                                                            const std::atomic<bool>& stop);
[[nodiscard]] std::string memory_rates_table(const std::vector<MemoryRates>& rates);

}  // namespace emu::app
