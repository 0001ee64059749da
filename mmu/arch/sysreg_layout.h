// Layouts of the system registers that control or report translation. Arm: the register pages.
#pragma once

#include "mmu/arch/bits.h"

namespace arch {

struct SCTLR_EL1 {
    using M = BitField<0>;
    using A = BitField<1>;
    using C = BitField<2>;
    using SA = BitField<3>;
    using SA0 = BitField<4>;
    using nAA = BitField<6>;
    using UMA = BitField<9>;
    using I = BitField<12>;
    using DZE = BitField<14>;
    using UCT = BitField<15>;
    using nTWI = BitField<16>;
    using nTWE = BitField<18>;
    using WXN = BitField<19>;
    using SPAN = BitField<23>;
    using E0E = BitField<24>;
    using EE = BitField<25>;
    using UCI = BitField<26>;
    using EnDB = BitField<13>;
    using EnDA = BitField<27>;
    using EnIB = BitField<30>;
    using EnIA = BitField<31>;
    using BT0 = BitField<35>;
    using BT1 = BitField<36>;
    using DSSBS = BitField<44>;
};

struct TCR_EL1 {
    using T0SZ = BitField<5, 0>;
    using EPD0 = BitField<7>;
    using IRGN0 = BitField<9, 8>;
    using ORGN0 = BitField<11, 10>;
    using SH0 = BitField<13, 12>;
    using TG0 = BitField<15, 14>;  // 0 = 4K, 1 = 64K, 2 = 16K
    using T1SZ = BitField<21, 16>;
    using A1 = BitField<22>;  // 1: TTBR1_EL1 holds the ASID
    using EPD1 = BitField<23>;
    using IRGN1 = BitField<25, 24>;
    using ORGN1 = BitField<27, 26>;
    using SH1 = BitField<29, 28>;
    using TG1 = BitField<31, 30>;  // 1 = 16K, 2 = 4K, 3 = 64K
    using IPS = BitField<34, 32>;
    using AS = BitField<36>;  // 1: 16-bit ASID
    using TBI0 = BitField<37>;
    using TBI1 = BitField<38>;
    using HA = BitField<39>;
    using HD = BitField<40>;
    using HPD0 = BitField<41>;
    using HPD1 = BitField<42>;
    using TBID0 = BitField<51>;
    using TBID1 = BitField<52>;
    using E0PD0 = BitField<55>;
    using E0PD1 = BitField<56>;
    using DS = BitField<59>;
};

struct TTBR_EL1 {
    using CnP = BitField<0>;
    using BADDR = BitField<47, 1>;
    using BADDR_51_48 = BitField<5, 2>;  // tables of 52-bit addresses, which are aligned to 64 bytes
    using ASID = BitField<63, 48>;
};

struct PAR_EL1 {
    using F = BitField<0>;
    using FST = BitField<6, 1>;
    using SH = BitField<8, 7>;
    using NS = BitField<9>;
    using PA = BitField<51, 12>;  // 51:48 with FEAT_LPA
    using ATTR = BitField<63, 56>;
};

struct ESR_EL1 {
    using ISS = BitField<24, 0>;
    using IL = BitField<25>;
    using EC = BitField<31, 26>;
    // ISS of a Data Abort.
    using DFSC = BitField<5, 0>;
    using WnR = BitField<6>;
    using S1PTW = BitField<7>;
    using CM = BitField<8>;
    using EA = BitField<9>;
    using FnV = BitField<10>;
    using AR = BitField<14>;
    using SF = BitField<15>;
    using SRT = BitField<20, 16>;
    using SSE = BitField<21>;
    using SAS = BitField<23, 22>;
    using ISV = BitField<24>;
};

// ESR_ELx.EC values.
enum class ExceptionClass : u8 {
    Unknown = 0x00,
    WfxTrap = 0x01,
    FpAccess = 0x07,
    BranchTarget = 0x0D,
    IllegalState = 0x0E,
    Svc64 = 0x15,
    Hvc64 = 0x16,
    Smc64 = 0x17,
    SystemRegister = 0x18,
    InstructionAbortLower = 0x20,
    InstructionAbortSame = 0x21,
    PcAlignment = 0x22,
    DataAbortLower = 0x24,
    DataAbortSame = 0x25,
    SpAlignment = 0x26,
    Fp64 = 0x2C,
    SError = 0x2F,
    BreakpointLower = 0x30,
    BreakpointSame = 0x31,
    StepLower = 0x32,
    StepSame = 0x33,
    WatchpointLower = 0x34,
    WatchpointSame = 0x35,
    Brk64 = 0x3C,
};

struct SPSR_EL1 {
    using M = BitField<4, 0>;  // 0 EL0t, 4 EL1t, 5 EL1h
    using F = BitField<6>;
    using I = BitField<7>;
    using A = BitField<8>;
    using D = BitField<9>;
    using BTYPE = BitField<11, 10>;
    using SSBS = BitField<12>;
    using IL = BitField<20>;
    using SS = BitField<21>;
    using PAN = BitField<22>;
    using UAO = BitField<23>;
    using DIT = BitField<24>;
    using NZCV = BitField<31, 28>;
};

// Memory attributes of one MAIR_EL1 byte.
struct MairAttr {
    [[nodiscard]] static constexpr bool is_device(u8 attr) { return (attr & 0xf0) == 0; }
    // Inner and Outer Write-Back, non-transient: what DC ZVA, exclusives and hardware AF updates want.
    [[nodiscard]] static constexpr bool is_write_back(u8 attr) { return (attr & 0xcc) == 0xcc; }
};

}  // namespace arch
