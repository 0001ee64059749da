// Which memory the next instruction is about to access, before it executes.
#pragma once

#include <vector>

#include "emu/core/pe.h"
#include "emu/isa/encoding.h"

namespace emu::debug {

struct ProbedAccess {
    u64 va{0};
    u64 bytes{0};
    bool reads{false};
    bool writes{false};
};

// Data accesses of the instruction at pe.pc: loads, stores, atomics and DC ZVA, in the order in which it makes them,
// whether they would fault or not. Its own handler says so, on a copy of `pe`: nothing changes, no lookup is made.
[[nodiscard]] std::vector<ProbedAccess> probe_accesses(const Pe& pe);

// Whether the probe covers this row of a64.def. It has to cover all that load or store; DC ZVA it knows by itself.
[[nodiscard]] bool probe_knows(Encoding row);

}  // namespace emu::debug
