// Instructions written at run time.
#pragma once

#include "tests/el1/guest/probe.h"

namespace el1 {

inline constexpr u32 kSvcEnd = 0xd41e01a1;  // svc #0xf00d

// Writes `count` instructions where `level` may execute them, makes them visible, and returns their address.
[[nodiscard]] u64 write_code(const u32* words, unsigned count, Level level);

}  // namespace el1
