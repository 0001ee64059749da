// Results for the host: struct guest_mailbox in guest memory, announced by a marker at boot and printed as one line
// of hexadecimal words at power-off, so that machines whose memory nobody reads give it too.
#pragma once

#include "mmu/arch/bits.h"

namespace km {

void mailbox_announce();
void mailbox_set_checksum(arch::u64 checksum);
// Takes the counters as they are when init has exited, before anything is torn down. `table_hash`: of all live tables.
void mailbox_take_state(arch::u64 exit_status, arch::u64 table_hash);
// The last word: marks the mailbox complete and prints it.
void mailbox_finish(arch::u64 free_pages_after_teardown);
// Counters, mark and line of a kernel that gives up.
void mailbox_panic();

}  // namespace km
