// The line of the host that holds `at` is wanted soon. Nothing else changes, and any address will do.
#pragma once

namespace mmu {

inline void host_prefetch(const void* at) {
    __builtin_prefetch(at);
    __asm__ volatile("");  // GCC takes a function that only prefetches to be without effect, and drops calls of it
}

}  // namespace mmu
