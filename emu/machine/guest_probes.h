// The guest functions whose price is taken by default, and the outcomes that they return.
#pragma once

#include <string>
#include <vector>

#include "emu/machine/run.h"
#include "emu/memory/loader.h"
#include "emu/timing/function_table.h"
#include "emu/timing/operation_probes.h"

namespace emu {

// Puts a probe on each of `names` (empty: the standard ones) that the kernel has. A name with '*' stands for every function that it
// matches. Throws UserError for a name that matches nothing; standard probes that an image lacks (contpte in `off`) are left out.
void add_probes(const std::vector<std::string>& names, const std::vector<Symbol>& kernel, OperationProbes& probes);

// Kernel and program functions for ledger and traces, under readable names. Their addresses are apart.
[[nodiscard]] FunctionTable function_table(const std::vector<Symbol>& kernel, const std::vector<Symbol>& program);

}  // namespace emu
