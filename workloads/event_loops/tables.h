// Translation tables of the guest without a kernel: 4 KiB granule, 39 bits, identity but for what is mapped on purpose.
#pragma once

#include "mmu/arch/bits.h"

using arch::u64;
using arch::u8;

constexpr u64 kEntries = 512;
constexpr u64 kPage = 4096;
constexpr u64 kGigabyte = u64{1} << 30;
struct alignas(kPage) Table {
    u64 entry[kEntries];
};

// Valid, Normal memory (attribute 0), inner shareable, accessed.
constexpr u64 kNormal = 0x701;
constexpr u64 kTableOrPage = 2;

inline u64 address(const void* object) { return reinterpret_cast<u64>(object); }
inline u64 table_at(const Table& table) { return address(&table) | 1 | kTableOrPage; }
