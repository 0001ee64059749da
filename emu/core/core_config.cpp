#include "emu/core/core_config.h"

#include <algorithm>
#include <bit>

#include "mmu/base/user_error.h"

namespace emu {

using arch::BitField;
using arch::u64;

namespace {

// Bit 0 of a field of four bits, and the greatest value that is built; a core that has more announces this much.
struct Built {
    unsigned low;
    u64 most;
};

// The fields of `raw` that are listed, each at most what is built; all others are 0.
template <std::size_t N>
u64 limited(u64 raw, const Built (&fields)[N]) {
    u64 value = 0;
    for (const Built& f : fields) value |= std::min(raw >> f.low & 15, f.most) << f.low;
    return value;
}

// EL0 and EL1 in AArch64 only, no SVE, no AMU, no realm. FP and AdvSIMD: 0b1111 is absent.
u64 announced_pfr0(u64 raw) {
    constexpr Built kFields[] = {{28, 1}, {48, 1}, {56, 1}, {60, 1}};  // RAS, DIT, CSV2, CSV3
    constexpr u64 kEl0El1 = BitField<3, 0>::make(1) | BitField<7, 4>::make(1);
    constexpr u64 kFp = BitField<19, 16>::kMask | BitField<23, 20>::kMask;
    return limited(raw, kFields) | kEl0El1 | (raw & kFp);
}

// BT, SSBS; no MTE.
u64 announced_pfr1(u64 raw) {
    constexpr Built kFields[] = {{0, 1}, {4, 2}};
    return limited(raw, kFields);
}

// AES to FlagM; CRC32, Atomic and TLB by their knobs; no RNDR.
u64 announced_isar0(const CoreConfig& c) {
    constexpr Built kFields[] = {{4, 2}, {8, 1}, {12, 2}, {28, 1}, {32, 1}, {36, 1}, {40, 1}, {44, 1}, {48, 1}, {52, 2}};
    return limited(c.id_aa64isar0, kFields) | BitField<19, 16>::make(c.crc32 ? 1 : 0) |
           BitField<23, 20>::make(c.lse ? 2 : 0) | BitField<59, 56>::make(c.tlbi);
}

// DPB, APA, JSCVT, FCMA, LRCPC, GPA, FRINTTS, SB, BF16, DGH, I8MM; no other cipher, no SPECRES, no LS64.
u64 announced_isar1(u64 raw) {
    constexpr Built kFields[] = {{0, 2}, {4, 1}, {12, 1}, {16, 1}, {20, 2}, {24, 1}, {32, 1}, {36, 1}, {44, 1}, {48, 1}, {52, 1}};
    return limited(raw, kFields);
}

// Physical addresses of at most 52 bits. Little endian only: BigEnd and BigEndEL0 are 0. No EL2: no fine-grained traps, no
// enhanced counter, no granules of stage 2.
u64 announced_mmfr0(u64 raw) {
    constexpr Built kFields[] = {{0, 6}, {4, 2}};
    constexpr u64 kKept = BitField<15, 12>::kMask | BitField<31, 20>::kMask;
    return limited(raw, kFields) | (raw & kKept);
}

u64 announced_mmfr1(const CoreConfig& c) {
    constexpr u64 kKept = BitField<31, 0>::kMask;
    u64 value = BitField<3, 0>::set(c.id_aa64mmfr1, c.hafdbs);
    value = BitField<23, 20>::set(value, c.pan);
    return value & kKept;
}

// CnP, UAO, IESB, VARange, ST, E0PD; TTL and BBM by their knobs.
u64 announced_mmfr2(const CoreConfig& c) {
    constexpr Built kFields[] = {{0, 1}, {4, 1}, {12, 1}, {16, 1}, {28, 1}, {60, 1}};
    return limited(c.id_aa64mmfr2, kFields) | BitField<51, 48>::make(c.ttl ? 1 : 0) | BitField<55, 52>::make(c.bbm);
}

}  // namespace

AnnouncedRegisters announced_registers(const CoreConfig& c) {
    AnnouncedRegisters out;
    out.instructions.ID_AA64PFR0_EL1 = announced_pfr0(c.id_aa64pfr0);
    out.instructions.ID_AA64PFR1_EL1 = announced_pfr1(c.id_aa64pfr1);
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
    // FP and AdvSIMD with half precision, DIT, CSV2, CSV3.
    config.id_aa64pfr0 = 0x1101000010110011;
    config.id_aa64pfr1 = 0x21;                  // BT, SSBS
    config.id_aa64isar0 = 0x0021111110212120;   // everything up to FlagM2
    config.id_aa64isar1 = 0x0011101101211012;   // DPB2, QARMA5, JSCVT, FCMA, LRCPC2, FRINTTS, SB, BF16, DGH, I8MM
    config.id_aa64mmfr0 = 0x10201126;           // 52 bits; 4K and 16K with FEAT_LPA2, 64K
    config.id_aa64mmfr2 = 0x1000000010011011;   // E0PD, TTST, LVA, IESB, UAO, CnP
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
