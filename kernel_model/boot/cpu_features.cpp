// Arm: the ID_AA64*_EL1 register pages; field values are the manual's.
#include "kernel_model/boot/cpu_features.h"

#include "kernel_model/port/aarch64/sysreg.h"
#include "kernel_model/port/port.h"
#include "mmu/arch/sysreg_layout.h"

namespace km {
namespace {

using arch::BitField;

struct ID_AA64ISAR0_EL1 {
    using Atomic = BitField<23, 20>;  // 2: LSE
    using TLB = BitField<59, 56>;     // 2: range TLBI
};
struct ID_AA64MMFR0_EL1 {
    using ASIDBits = BitField<7, 4>;  // 2: 16 bits
};
struct ID_AA64MMFR1_EL1 {
    using HAFDBS = BitField<3, 0>;  // 1: access flag, 2: dirty state too
    using PAN = BitField<23, 20>;
};
struct ID_AA64MMFR2_EL1 {
    using TTL = BitField<51, 48>;
};
struct DCZID_EL0 {
    using BS = BitField<3, 0>;  // log2 of the words of a block
    using DZP = BitField<4>;    // prohibited
};

}  // namespace

void read_cpu_features() {
    const u64 isar0 = read_sysreg(ID_AA64ISAR0_EL1);
    const u64 mmfr1 = read_sysreg(ID_AA64MMFR1_EL1);
    const u64 dczid = read_sysreg(DCZID_EL0);
    port::Features& f = port::features;
    f.lse = ID_AA64ISAR0_EL1::Atomic::get(isar0) >= 2;
    f.tlb_range = ID_AA64ISAR0_EL1::TLB::get(isar0) >= 2;
    f.ttl = ID_AA64MMFR2_EL1::TTL::get(read_sysreg(S3_0_C0_C7_2)) != 0;
    f.hw_access_flag = ID_AA64MMFR1_EL1::HAFDBS::get(mmfr1) >= 1;
    f.hw_dirty = ID_AA64MMFR1_EL1::HAFDBS::get(mmfr1) >= 2;
    f.pan = ID_AA64MMFR1_EL1::PAN::get(mmfr1) != 0;
    f.asid_bits = ID_AA64MMFR0_EL1::ASIDBits::get(read_sysreg(ID_AA64MMFR0_EL1)) == 2 ? 16 : 8;
    f.zva_bytes = DCZID_EL0::DZP::test(dczid) ? 0 : 4u << DCZID_EL0::BS::get(dczid);
}

void enable_pan() {
    if (!port::features.pan) return;
    write_sysreg(read_sysreg(SCTLR_EL1) & ~arch::SCTLR_EL1::SPAN::kMask, SCTLR_EL1);
    asm volatile(".arch_extension pan\n\tmsr pan, #1\n\tisb" : : : "memory");
}

}  // namespace km
