// What kind of core this is: the values of its identification registers and the few knobs that change them.
// Defaults: Neoverse N1 as QEMU 7.2 presents it (-cpu neoverse-n1).
#pragma once

#include "emu/isa/features.h"
#include "mmu/arch/bits.h"

namespace emu {

struct CoreConfig {
    arch::u64 midr{0x414fd0c1};  // Neoverse N1 r4p1
    arch::u64 mpidr{0x80000000};
    arch::u64 revidr{0};
    arch::u64 ctr{0x8444c004};
    arch::u64 clidr{0x82000023};
    arch::u64 ccsidr_l1d{0x701fe01a};  // 64 KiB, 4 ways, 64-byte lines
    arch::u64 ccsidr_l1i{0x201fe01a};
    arch::u64 ccsidr_l2{0x70ffe03a};   // 1 MiB, 8 ways
    arch::u64 dczid{4};                // DC ZVA clears 64 bytes
    arch::u64 pmcr{0x410c3000};        // IMP, IDCODE, N
    arch::u64 cntfrq{62500000};        // Hz
    arch::u64 id_aa64pfr0{0x1100000010111112};
    arch::u64 id_aa64pfr1{0x20};
    arch::u64 id_aa64dfr0{0x10305408};
    arch::u64 id_aa64isar0{0x100010211120};
    arch::u64 id_aa64isar1{0x100001};
    arch::u64 id_aa64isar2{0};
    arch::u64 id_aa64mmfr0{0x101125};
    arch::u64 id_aa64mmfr1{0x10212122};
    arch::u64 id_aa64mmfr2{0x1011};

    // Knobs over single fields of the above.
    unsigned hafdbs{2};   // 0 none, 1 access flag, 2 access flag and dirty state
    unsigned pan{2};      // 0 none, 1 PAN, 2 PAN and AT S1E1RP/WP
    unsigned tlbi{0};     // ID_AA64ISAR0_EL1.TLB: 0 none, 1 Outer Shareable, 2 and range
    bool ttl{false};      // level hints in TLBI operands
    unsigned bbm{0};      // FEAT_BBM level
    bool lse{true};
    bool crc32{true};

    // Bit N: the common PMU event N that this core cannot count, for want of what it is about. No key: it follows from the
    // caches of the timing model, and from there being one.
    arch::u64 absent_events{0};

    unsigned fetch_bytes{16};
    bool threaded{true};
    bool jit{true};
    unsigned jit_threshold{128};

    template <class V>
    void describe(V& v) {
        constexpr arch::u64 kAny = ~arch::u64{0};
        v.param("core.midr", midr, "", 0, 0xffffffff, "MIDR_EL1");
        v.param("core.mpidr", mpidr, "", 0, kAny, "MPIDR_EL1");
        v.param("core.revidr", revidr, "", 0, kAny, "REVIDR_EL1");
        v.param("core.ctr", ctr, "", 0, kAny, "CTR_EL0");
        v.param("core.clidr", clidr, "", 0, kAny, "CLIDR_EL1");
        v.param("core.ccsidr_l1d", ccsidr_l1d, "", 0, kAny, "CCSIDR_EL1 of the L1 data cache");
        v.param("core.ccsidr_l1i", ccsidr_l1i, "", 0, kAny, "CCSIDR_EL1 of the L1 instruction cache");
        v.param("core.ccsidr_l2", ccsidr_l2, "", 0, kAny, "CCSIDR_EL1 of the L2 cache");
        v.param("core.dczid", dczid, "", 2, 9, "DCZID_EL0.BS: log2 of the words that DC ZVA clears");
        v.param("core.pmcr", pmcr, "", 0, 0xffffffff, "PMCR_EL0: IMP, IDCODE and N, at most 6 event counters");
        v.param("core.cntfrq", cntfrq, "Hz", 1, 1000000000, "CNTFRQ_EL0");
        v.param("core.id_aa64pfr0", id_aa64pfr0, "", 0, kAny, "ID_AA64PFR0_EL1; features that are not built are hidden");
        v.param("core.id_aa64pfr1", id_aa64pfr1, "", 0, kAny, "ID_AA64PFR1_EL1; likewise");
        v.param("core.id_aa64dfr0", id_aa64dfr0, "", 0, kAny, "ID_AA64DFR0_EL1; likewise");
        v.param("core.id_aa64isar0", id_aa64isar0, "", 0, kAny, "ID_AA64ISAR0_EL1; likewise");
        v.param("core.id_aa64isar1", id_aa64isar1, "", 0, kAny, "ID_AA64ISAR1_EL1; likewise");
        v.param("core.id_aa64isar2", id_aa64isar2, "", 0, kAny, "ID_AA64ISAR2_EL1; likewise");
        v.param("core.id_aa64mmfr0", id_aa64mmfr0, "", 0, kAny, "ID_AA64MMFR0_EL1; likewise");
        v.param("core.id_aa64mmfr1", id_aa64mmfr1, "", 0, kAny, "ID_AA64MMFR1_EL1; likewise");
        v.param("core.id_aa64mmfr2", id_aa64mmfr2, "", 0, kAny, "ID_AA64MMFR2_EL1; likewise");
        v.param("core.hafdbs", hafdbs, "", 0, 2, "hardware updates: 0 none, 1 access flag, 2 access flag and dirty state");
        v.param("core.pan", pan, "", 0, 2, "privileged access never: 0 none, 1 PAN, 2 PAN and AT S1E1RP/WP");
        v.param("core.tlbi", tlbi, "", 0, 2, "TLBI beyond the base set: 0 none, 1 Outer Shareable, 2 Outer Shareable and range");
        v.param("core.ttl", ttl, "TLBI operands carry level hints (FEAT_TTL)");
        v.param("core.bbm", bbm, "", 0, 2, "FEAT_BBM level that ID_AA64MMFR2_EL1 announces");
        v.param("core.lse", lse, "atomic instructions (FEAT_LSE)");
        v.param("core.crc32", crc32, "CRC32 instructions");
        v.param("core.fetch_bytes", fetch_bytes, "bytes", 4, 64, "fetch group: one L1I TLB lookup for each; a power of two");
        v.param("core.jit", jit, "translate hot code to that of an x86-64 host, in functional mode; only speed depends on it");
        v.param("core.jit_threshold", jit_threshold, "", 1, 255, "how often a branch target is reached before it is translated");
        v.param("core.threaded", threaded, "go from instruction to instruction without returning to the loop; only speed depends on it");
    }
};

// The identification registers as the guest reads them: the profile's, knobs applied, and without the features
// that this emulator does not build.
struct AnnouncedRegisters {
    IdRegisters instructions;  // those that announce instructions
    arch::u64 ID_AA64DFR0_EL1{0};
    arch::u64 ID_AA64ISAR2_EL1{0};
    arch::u64 ID_AA64MMFR0_EL1{0};
};
[[nodiscard]] AnnouncedRegisters announced_registers(const CoreConfig& config);

// A core that announces every feature that this emulator builds, for tests.
[[nodiscard]] CoreConfig everything_built();

// Throws UserError where values contradict each other.
void validate(const CoreConfig& config);

}  // namespace emu
