#pragma once

#include <cstddef>
#include <cstdint>

using u64 = std::uint64_t;
using i64 = std::int64_t;
using u32 = std::uint32_t;
using u8 = std::uint8_t;

inline constexpr u64 kPageBytes = 4096;
inline constexpr u64 kHugePageBytes = u64{2} << 20;
