// Virtual time: the system counter, plus what was skipped because every task slept. There is no timer interrupt and no
// real-time clock, so every clock starts at 0 when the machine does.
#pragma once

#include "mmu/arch/bits.h"

namespace km {

inline constexpr arch::u64 kNanosecondsPerSecond = 1'000'000'000;

// Linux: struct timespec.
struct TimeSpec {
    arch::u64 seconds, nanoseconds;
};
[[nodiscard]] inline TimeSpec time_spec(arch::u64 nanoseconds) {
    return {nanoseconds / kNanosecondsPerSecond, nanoseconds % kNanosecondsPerSecond};
}

[[nodiscard]] arch::u64 virtual_nanoseconds();
// Lets the clock jump to `nanoseconds`, if that is later.
void skip_time_to(arch::u64 nanoseconds);

}  // namespace km
