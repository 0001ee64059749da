// The checker's findings with names for places and descriptors.
#pragma once

#include "emu/report/check_result.h"
#include "emu/timing/ledger/function_table.h"
#include "mmu/check/coherence_checker.h"

namespace emu {

[[nodiscard]] CheckResult check_result(const mmu::check::CoherenceChecker& checker, const FunctionTable& functions);

}  // namespace emu
