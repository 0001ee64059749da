// The counters of kernel_model/abi/mm_counters.def: one array, copied to the mailbox by the boot code.
#pragma once

#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/mm/geometry.h"

namespace km {

extern u64 counters[GUEST_COUNTER_COUNT];

inline void count(guest_counter id, u64 amount = 1) { counters[id] += amount; }
inline void count_by_order(guest_counter first, unsigned order, u64 amount = 1) {
    counters[static_cast<unsigned>(first) + order] += amount;
}
inline void uncount(guest_counter id, u64 amount = 1) { counters[id] -= amount; }
inline void uncount_by_order(guest_counter first, unsigned order) { --counters[static_cast<unsigned>(first) + order]; }

// Fills the counters that are a state and not a sum: free pages and blocks, regions, resident pages of all address
// spaces. Call it when init exits, before its address space is torn down.
void collect_state_counters();

}  // namespace km
