// Layouts of stage 2: the registers of EL2 that control it, and its descriptors. Arm: the register pages; "VMSAv8-64
// translation table format descriptors", stage 2.
#pragma once

#include "mmu/arch/bits.h"

namespace arch {

struct HCR_EL2 {
    using VM = BitField<0>;   // 1: stage 2 is on
    using PTW = BitField<2>;  // 1: tables of stage 1 in Device memory fault
    using FWB = BitField<46>;
};

struct VTCR_EL2 {
    using T0SZ = BitField<5, 0>;
    using SL0 = BitField<7, 6>;
    using IRGN0 = BitField<9, 8>;
    using ORGN0 = BitField<11, 10>;
    using SH0 = BitField<13, 12>;
    using TG0 = BitField<15, 14>;  // 0 = 4K, 1 = 64K, 2 = 16K
    using PS = BitField<18, 16>;
    using VS = BitField<19>;  // 1: 16-bit VMID
    using HA = BitField<21>;
    using HD = BitField<22>;
    using DS = BitField<32>;
    using SL2 = BitField<33>;
};

struct VTTBR_EL2 {
    using CnP = BitField<0>;
    using BADDR = BitField<47, 1>;
    using BADDR_51_48 = BitField<5, 2>;
    using VMID = BitField<63, 48>;
};

// Fields of stage 2 leaves where they differ from stage 1.
struct Stage2Leaf {
    using MemAttr = BitField<5, 2>;
    using Readable = BitField<6>;  // S2AP
    using Writable = BitField<7>;
    using XN = BitField<54, 53>;   // FEAT_XNX: 0 all execute, 1 EL0 only, 2 nobody, 3 EL1 only
};

}  // namespace arch
