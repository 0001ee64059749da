#include "emu/isa/features.h"

namespace emu {

using arch::BitField;

namespace {

// An ID register field that announces `feature` from the value `least` on.
struct Announcement {
    Feature feature;
    arch::u64 IdRegisters::*reg;
    unsigned low;  // bit 0 of the 4-bit field
    unsigned least;
};

// Fields count up with what they add. Arm: the ID register pages.
constexpr Announcement kAnnouncements[] = {
    {Feature::DIT, &IdRegisters::ID_AA64PFR0_EL1, 48, 1},
    {Feature::BTI, &IdRegisters::ID_AA64PFR1_EL1, 0, 1},
    {Feature::SSBS, &IdRegisters::ID_AA64PFR1_EL1, 4, 2},
    {Feature::AES, &IdRegisters::ID_AA64ISAR0_EL1, 4, 1},
    {Feature::PMULL, &IdRegisters::ID_AA64ISAR0_EL1, 4, 2},
    {Feature::SHA1, &IdRegisters::ID_AA64ISAR0_EL1, 8, 1},
    {Feature::SHA256, &IdRegisters::ID_AA64ISAR0_EL1, 12, 1},
    {Feature::SHA512, &IdRegisters::ID_AA64ISAR0_EL1, 12, 2},
    {Feature::CRC32, &IdRegisters::ID_AA64ISAR0_EL1, 16, 1},
    {Feature::LSE, &IdRegisters::ID_AA64ISAR0_EL1, 20, 2},
    {Feature::RDM, &IdRegisters::ID_AA64ISAR0_EL1, 28, 1},
    {Feature::SHA3, &IdRegisters::ID_AA64ISAR0_EL1, 32, 1},
    {Feature::SM3, &IdRegisters::ID_AA64ISAR0_EL1, 36, 1},
    {Feature::SM4, &IdRegisters::ID_AA64ISAR0_EL1, 40, 1},
    {Feature::DotProd, &IdRegisters::ID_AA64ISAR0_EL1, 44, 1},
    {Feature::FHM, &IdRegisters::ID_AA64ISAR0_EL1, 48, 1},
    {Feature::FlagM, &IdRegisters::ID_AA64ISAR0_EL1, 52, 1},
    {Feature::FlagM2, &IdRegisters::ID_AA64ISAR0_EL1, 52, 2},
    {Feature::DPB, &IdRegisters::ID_AA64ISAR1_EL1, 0, 1},
    {Feature::DPB2, &IdRegisters::ID_AA64ISAR1_EL1, 0, 2},
    {Feature::PAuth, &IdRegisters::ID_AA64ISAR1_EL1, 4, 1},    // QARMA5
    {Feature::JSCVT, &IdRegisters::ID_AA64ISAR1_EL1, 12, 1},
    {Feature::FCMA, &IdRegisters::ID_AA64ISAR1_EL1, 16, 1},
    {Feature::RCPC, &IdRegisters::ID_AA64ISAR1_EL1, 20, 1},
    {Feature::RCPC2, &IdRegisters::ID_AA64ISAR1_EL1, 20, 2},
    {Feature::PACGA, &IdRegisters::ID_AA64ISAR1_EL1, 24, 1},   // QARMA5
    {Feature::FRINTTS, &IdRegisters::ID_AA64ISAR1_EL1, 32, 1},
    {Feature::SB, &IdRegisters::ID_AA64ISAR1_EL1, 36, 1},
    {Feature::BF16, &IdRegisters::ID_AA64ISAR1_EL1, 44, 1},
    {Feature::I8MM, &IdRegisters::ID_AA64ISAR1_EL1, 52, 1},
    {Feature::LOR, &IdRegisters::ID_AA64MMFR1_EL1, 16, 1},
    {Feature::PAN, &IdRegisters::ID_AA64MMFR1_EL1, 20, 1},
    {Feature::UAO, &IdRegisters::ID_AA64MMFR2_EL1, 4, 1},
};

}  // namespace

CoreFeatures CoreFeatures::from_id_registers(const IdRegisters& id) {
    CoreFeatures features;
    for (const Announcement& a : kAnnouncements) features.set(a.feature, (id.*a.reg >> a.low & 15) >= a.least);
    // PFR0.FP and PFR0.AdvSIMD: 0b1111 absent, 0 present, 1 with half precision.
    const arch::u64 fp = BitField<19, 16>::get(id.ID_AA64PFR0_EL1);
    features.set(Feature::FP, fp != 0xf);
    features.set(Feature::FP16, fp == 1);
    features.set(Feature::AdvSIMD, BitField<23, 20>::get(id.ID_AA64PFR0_EL1) != 0xf);
    return features;
}

}  // namespace emu
