// The guest's mailbox as the host reads it from RAM at any moment.
#pragma once

#include <optional>

#include "emu/memory/physical_memory.h"
#include "emu/report/run_result.h"
#include "kernel_model/abi/guest_abi.h"

namespace emu {

// Nothing where `pa` is not RAM or holds no mailbox of this version.
[[nodiscard]] std::optional<guest_mailbox> read_mailbox(PhysicalMemory& memory, arch::u64 pa);

// Counters under their names; those by order as name.<kB>.
[[nodiscard]] NamedCounts name_counters(const std::uint64_t (&counters)[GUEST_COUNTER_COUNT]);

}  // namespace emu
