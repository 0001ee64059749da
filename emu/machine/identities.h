// What must hold between the counts of any run, whatever ran. Always checked.
#pragma once

#include <string>
#include <vector>

#include "emu/report/run_result.h"

namespace emu {

// One line per identity that is broken: a fault of Foldwalk, never of the guest. `ledger_cycles`: all that the ledger
// was charged, 0 without timing.
[[nodiscard]] std::vector<std::string> broken_identities(const RunResult& result, std::uint64_t ledger_cycles);

}  // namespace emu
