// The guest functions whose price is taken by default, and the outcomes that they return.
#pragma once

#include <string>
#include <vector>

#include "emu/machine/run.h"
#include "emu/memory/loader.h"
#include "emu/timing/ledger/function_table.h"
#include "emu/timing/ledger/operation_probes.h"

namespace emu {

// Puts probes on the functions that `requests` name; empty: the standard ones that the kernel has (an image without contpte
// lacks some). A request is a list such as "contpte_*,do_anonymous_page": names or shell patterns, joined by commas, of
// functions of kernel or program, as the symbol is spelled or as people read it (Task::run, sort<int*>). "none" is nobody.
// A function that several match has one probe. Throws UserError for a name that matches nothing.
void add_probes(const std::vector<std::string>& requests, const std::vector<Symbol>& kernel,
                const std::vector<Symbol>& program, OperationProbes& probes);

// Kernel and program functions for ledger and traces, under readable names. Their addresses are apart.
[[nodiscard]] FunctionTable function_table(const std::vector<Symbol>& kernel, const std::vector<Symbol>& program);

}  // namespace emu
