// The guest's mailbox as the host reads it from RAM at any moment.
#pragma once

#include <optional>

#include "emu/memory/physical_memory.h"
#include "emu/report/run_result.h"
#include "kernel_model/abi/guest_abi.h"

namespace emu {

// Physical addresses, as the guest announces them.
struct MailboxPlace {
    arch::u64 mailbox{0};
    arch::u64 live_counters{0};
};

// Nothing where the place is not RAM or holds no mailbox of this version. While the guest runs the counters are the live ones:
// the mailbox is given its copy only when init exits.
[[nodiscard]] std::optional<guest_mailbox> read_mailbox(PhysicalMemory& memory, MailboxPlace place);

// Counters under their names; those by order as name.<kB>.
[[nodiscard]] NamedCounts name_counters(const std::uint64_t (&counters)[GUEST_COUNTER_COUNT]);

}  // namespace emu
