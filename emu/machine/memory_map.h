// The physical address map: that of QEMU's `virt` machine, so that the same guest runs on both.
#pragma once

#include "mmu/arch/bits.h"

namespace emu::memory_map {

inline constexpr arch::u64 kUartBase = 0x09000000;
inline constexpr arch::u64 kUartSize = 0x1000;
inline constexpr arch::u64 kRamBase = 0x40000000;
// The Image goes 2 MiB above the RAM base (text_offset counts from there); the initrd at half of RAM but at
// most 128 MiB above the base, the device tree on the next 2 MiB boundary after it.
inline constexpr arch::u64 kImageOffset = 0x200000;
inline constexpr arch::u64 kInitrdOffsetLimit = 0x8000000;
inline constexpr arch::u64 kDeviceTreeAlignment = 0x200000;

}  // namespace emu::memory_map
