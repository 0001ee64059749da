// Results for the host: struct guest_mailbox in guest memory, announced by a marker at boot and printed as one line
// of hexadecimal words at power-off, so that machines whose memory nobody reads give it too.
#pragma once

#include "mmu/arch/bits.h"

namespace km {

void mailbox_announce();
void mailbox_set_checksum(arch::u64 checksum);
// Takes the counters as they are now and prints. `table_hash`: of all live page tables.
void mailbox_finish(arch::u64 exit_status, arch::u64 table_hash);
// The same for a kernel that gives up.
void mailbox_panic();

}  // namespace km
