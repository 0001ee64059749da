// Translation tables of the suite: 4K granule, 48 bits on both sides. RAM and devices are mapped to themselves for EL1;
// probes and tests have their own regions.
#pragma once

#include "mmu/arch/bits.h"

namespace el1 {

using arch::u64;

inline constexpr u64 kUserCode = 0x0000010000000000;  // the probes, for EL0
inline constexpr u64 kUserData = 0x0000010010000000;  // a page for EL0
inline constexpr u64 kTest = 0x0000008000000000;      // what tests map, lower half
inline constexpr u64 kHighTest = 0xffff008000000000;  // upper half

// Leaf attributes beside the output address and the type bits.
inline constexpr u64 kNormal = 0x700;                // AttrIndx 0, Inner Shareable, AF
inline constexpr u64 kDevice = 1 << 2 | 0x400;       // nGnRnE
inline constexpr u64 kDeviceEarly = 2 << 2 | 0x400;  // nGnRE
inline constexpr u64 kNonCacheable = 3 << 2 | 0x700;
inline constexpr u64 kAccessed = 1 << 10;
inline constexpr u64 kUser = 1 << 6;
inline constexpr u64 kReadOnly = 1 << 7;
inline constexpr u64 kNotGlobal = 1 << 11;
inline constexpr u64 kGuarded = u64{1} << 50;
inline constexpr u64 kDirtyModified = u64{1} << 51;  // DBM
inline constexpr u64 kPrivilegedNever = u64{1} << 53;
inline constexpr u64 kUserNever = u64{1} << 54;

// The descriptor that maps `va` at `level`; the tables above it are made where they are missing.
[[nodiscard]] volatile u64* descriptor(u64 va, int level);
// A leaf at `level`: page at 3, block at 1 and 2. Takes effect at the next flush().
void map(u64 va, u64 pa, u64 attributes, int level = 3);
// Forgets the tables of the half's test region; next flush() makes it so.
void unmap_tests();
// TLBI VMALLE1, and what makes table writes visible.
void flush();
// Barriers alone.
void publish();

void turn_mmu_on();
void map_user_probes();

// Page `n` of memory for tests, 64 of them, and the 2 MiB block that holds them.
[[nodiscard]] u64 page(unsigned n);
void fill_page(unsigned n, u64 value);
inline constexpr u64 kBlock = 0x42000000;  // RAM outside of the image: a 2 MiB block
inline constexpr u64 kGigabyte = 0x40000000;

}  // namespace el1
