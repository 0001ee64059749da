// Translation tables of the guest: everything in the lower half. RAM maps to itself for EL1, by one global block.
// The functions that maintain descriptors are inline: an error is reported at the case that makes it.
#pragma once

#include "mmu/arch/bits.h"

using arch::u64;

extern "C" {
extern char user_code[], user_nothing[], user_read[], user_write[];
void enter_user(u64 pc, u64 x0);
}

inline constexpr u64 kTest = 0x8000000000;      // the region that cases map
inline constexpr u64 kUserCode = 0x10000000000;

// Attributes beside output address and type: AttrIndx 0 (Normal), Inner Shareable, AF.
inline constexpr u64 kPage = 3;
inline constexpr u64 kBlock = 1;
inline constexpr u64 kTable = 3;
inline constexpr u64 kShareable = 0x300;
inline constexpr u64 kNormal = 0x400 | kShareable;
inline constexpr u64 kAttribute1 = 1 << 2;  // Device, until MAIR_EL1 is written
inline constexpr u64 kUser = 1 << 6;
inline constexpr u64 kReadOnly = 1 << 7;
inline constexpr u64 kNotGlobal = 1 << 11;
inline constexpr u64 kDBM = u64{1} << 51;
inline constexpr u64 kContiguous = u64{1} << 52;
inline constexpr u64 kUserData = kNormal | kUser | kNotGlobal;

using Slot = volatile u64*;

struct AddressSpace {
    Slot root;
    u64 asid;
};

// How addresses are translated; the first one is in use unless a case asks for another.
struct Layout {
    unsigned page_shift;
    int start_level;
    int block_level;        // of the identity map
    bool has_shareability;  // descriptors have SH
    u64 tcr;                // T0SZ, TG0, IPS, DS
};
inline constexpr Layout kPages4K{12, 0, 1, true, 16 | u64{5} << 32};
inline constexpr Layout kPages4KOf52Bits{12, -1, 1, false, 12 | u64{6} << 32 | u64{1} << 59};
inline constexpr Layout kPages64KOf52Bits{16, 1, 2, true, 12 | 1 << 14 | u64{6} << 32};
void use_layout(const Layout& chosen);  // before there are tables

// Identity map and user code; nothing in the test region.
[[nodiscard]] AddressSpace new_address_space(u64 asid);
// The descriptor of `va` at `level`, with the tables above it, in `space`; made with barriers.
[[nodiscard]] Slot descriptor(AddressSpace space, u64 va, int level);
[[nodiscard]] u64 new_table();
void turn_mmu_on(AddressSpace space);
// Frame `n` of memory for cases: 64 of 4 KiB, and the 2 MiB blocks from kFrames on.
inline constexpr u64 kFrames = 0x48000000;
[[nodiscard]] inline u64 frame(unsigned n) { return kFrames + 4096 * n; }

#define ALWAYS [[gnu::always_inline]] inline
ALWAYS void dsb_ishst() { asm volatile("dsb ishst" : : : "memory"); }
ALWAYS void dsb_ish() { asm volatile("dsb ish" : : : "memory"); }
ALWAYS void isb() { asm volatile("isb" : : : "memory"); }
ALWAYS u64 operand(u64 va, u64 asid, u64 ttl) { return asid << 48 | ttl << 44 | (va >> 12 & 0xfffffffffff); }
ALWAYS void tlbi_page(u64 va, u64 asid, u64 ttl = 0) { asm volatile("tlbi vale1is, %0" : : "r"(operand(va, asid, ttl)) : "memory"); }
ALWAYS void tlbi_all_levels(u64 va, u64 asid) { asm volatile("tlbi vae1is, %0" : : "r"(operand(va, asid, 0)) : "memory"); }
ALWAYS void tlbi_asid(u64 asid) { asm volatile("tlbi aside1is, %0" : : "r"(asid << 48) : "memory"); }
// The processor finds at `address` the instruction RET; other code is none.
ALWAYS void write_return(u64 address) {
    *reinterpret_cast<volatile unsigned*>(address) = 0xd65f03c0;
    asm volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish" : : "r"(address) : "memory");
}
// Break before make, all of it.
ALWAYS void replace(Slot slot, u64 va, u64 asid, u64 value) {
    *slot = 0;
    dsb_ishst();
    tlbi_all_levels(va, asid);
    dsb_ish();
    *slot = value;
    dsb_ishst();
    isb();
}
ALWAYS void write_mair(u64 value) { asm volatile("msr mair_el1, %0" : : "r"(value) : "memory"); }
ALWAYS void install(AddressSpace space) {
    asm volatile("msr ttbr0_el1, %0" : : "r"(reinterpret_cast<u64>(space.root) | space.asid << 48) : "memory");
}
inline void user(char* code, u64 address) { enter_user(kUserCode + static_cast<u64>(code - user_code), address); }
