// Named phases: markers of the unallocated hint space, which do nothing on a machine that does not look for them.
#pragma once

#include "kernel_model/abi/guest_abi.h"
#include "workloads/common/types.h"

// The name as the marker passes it: 24 characters, zero padded, in three little-endian words.
struct PhaseName {
    u64 words[3]{};

    // Does not compile for a longer name.
    consteval PhaseName(const char* name) {
        for (unsigned i = 0; name[i] != '\0'; ++i) words[i / 8] |= u64{static_cast<u8>(name[i])} << (8 * (i % 8));
    }
};

[[gnu::always_inline]] inline void phase_begin(PhaseName name, u64 flags) {
    register u64 x0 asm("x0") = name.words[0];
    register u64 x1 asm("x1") = name.words[1];
    register u64 x2 asm("x2") = name.words[2];
    register u64 x3 asm("x3") = flags;
    asm volatile("hint %0" : : "i"(GUEST_HINT_PHASE_BEGIN), "r"(x0), "r"(x1), "r"(x2), "r"(x3) : "memory");
}
[[gnu::always_inline]] inline void phase_end() { asm volatile("hint %0" : : "i"(GUEST_HINT_PHASE_END) : "memory"); }

// Runs `body` as a phase. Set-up phases are recorded too, but only those of interest are reported by default.
template <class Body>
[[gnu::always_inline]] inline void phase(PhaseName name, u64 flags, Body body) {
    phase_begin(name, flags);
    body();
    phase_end();
}
