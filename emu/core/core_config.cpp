#include "emu/core/core_config.h"

#include <bit>

#include "mmu/base/user_error.h"

namespace emu {

using arch::BitField;
using arch::u64;

namespace {

// EL1 and EL0 in AArch64 only; no SVE; FP, AdvSIMD, RAS, CSV2, CSV3 and DIT are the core's.
u64 announced_pfr0(u64 raw) {
    constexpr u64 kKept =
        BitField<23, 16>::kMask | BitField<31, 28>::kMask | BitField<51, 48>::kMask | BitField<63, 56>::kMask;
    constexpr u64 kEl0El1 = BitField<3, 0>::make(1) | BitField<7, 4>::make(1);
    return (raw & kKept) | kEl0El1;
}

// AES, SHA1, SHA2, RDM, SHA3, SM3, SM4, DP and FHM are the core's; CRC32, Atomic and TLB are knobs.
u64 announced_isar0(const CoreConfig& c) {
    constexpr u64 kKept = BitField<15, 4>::kMask | BitField<51, 28>::kMask;
    return (c.id_aa64isar0 & kKept) | BitField<19, 16>::make(c.crc32 ? 1 : 0) | BitField<23, 20>::make(c.lse ? 2 : 0) |
           BitField<59, 56>::make(c.tlbi);
}

// DPB, JSCVT, FCMA, LRCPC, FRINTTS, SB, BF16, I8MM.
u64 announced_isar1(u64 raw) {
    constexpr u64 kKept = BitField<3, 0>::kMask | BitField<23, 12>::kMask | BitField<39, 32>::kMask |
                          BitField<47, 44>::kMask | BitField<55, 52>::kMask;
    return raw & kKept;
}

// Little endian only: BigEnd and BigEndEL0 are 0. No EL2: no fine-grained traps, no enhanced counter.
u64 announced_mmfr0(u64 raw) {
    constexpr u64 kKept = BitField<7, 0>::kMask | BitField<15, 12>::kMask | BitField<31, 20>::kMask;
    return raw & kKept;
}

u64 announced_mmfr1(const CoreConfig& c) {
    constexpr u64 kKept = BitField<31, 0>::kMask;
    u64 value = BitField<3, 0>::set(c.id_aa64mmfr1, c.hafdbs);
    value = BitField<23, 20>::set(value, c.pan);
    return value & kKept;
}

// CnP, UAO, IESB, TTL, BBM.
u64 announced_mmfr2(const CoreConfig& c) {
    constexpr u64 kKept = BitField<7, 0>::kMask | BitField<15, 12>::kMask;
    return (c.id_aa64mmfr2 & kKept) | BitField<51, 48>::make(c.ttl ? 1 : 0) | BitField<55, 52>::make(c.bbm);
}

}  // namespace

AnnouncedRegisters announced_registers(const CoreConfig& c) {
    AnnouncedRegisters out;
    out.instructions.ID_AA64PFR0_EL1 = announced_pfr0(c.id_aa64pfr0);
    out.instructions.ID_AA64PFR1_EL1 = c.id_aa64pfr1 & BitField<7, 4>::kMask;  // SSBS
    out.instructions.ID_AA64ISAR0_EL1 = announced_isar0(c);
    out.instructions.ID_AA64ISAR1_EL1 = announced_isar1(c.id_aa64isar1);
    out.instructions.ID_AA64MMFR1_EL1 = announced_mmfr1(c);
    out.instructions.ID_AA64MMFR2_EL1 = announced_mmfr2(c);
    // Debug version, PMU version, breakpoints, watchpoints, context comparators; no trace unit.
    out.ID_AA64DFR0_EL1 = c.id_aa64dfr0 & 0xf0f0ff0f;
    out.ID_AA64ISAR2_EL1 = 0;
    out.ID_AA64MMFR0_EL1 = announced_mmfr0(c.id_aa64mmfr0);
    return out;
}

CoreConfig everything_built() {
    CoreConfig config;
    config.tlbi = 2;
    config.ttl = true;
    config.bbm = 2;
    return config;
}

void validate(const CoreConfig& config) {
    if (!std::has_single_bit(config.fetch_bytes))
        throw UserError{"core.fetch_bytes = " + std::to_string(config.fetch_bytes) + " is not a power of two: use 4, 8, 16, 32 or 64"};
    if (BitField<15, 11>::get(config.pmcr) > 6)
        throw UserError{"core.pmcr announces more than 6 event counters: set bits 15:11 to 6 or less"};
}

}  // namespace emu
