#include "emu/isa/features.h"

namespace emu {

using arch::BitField;

// Field positions: the manual's ID register pages. Each field counts up with the features it adds,
// except PFR0.FP, where 0b1111 means absent.
CoreFeatures CoreFeatures::from_id_registers(const IdRegisters& id) {
    CoreFeatures features;
    features.set(Feature::FP, BitField<19, 16>::get(id.ID_AA64PFR0_EL1) != 0xf);
    features.set(Feature::DIT, BitField<51, 48>::test(id.ID_AA64PFR0_EL1));
    features.set(Feature::SSBS, BitField<7, 4>::get(id.ID_AA64PFR1_EL1) >= 2);
    features.set(Feature::CRC32, BitField<19, 16>::test(id.ID_AA64ISAR0_EL1));
    features.set(Feature::LSE, BitField<23, 20>::get(id.ID_AA64ISAR0_EL1) >= 2);
    features.set(Feature::RCPC, BitField<23, 20>::test(id.ID_AA64ISAR1_EL1));
    features.set(Feature::SB, BitField<39, 36>::test(id.ID_AA64ISAR1_EL1));
    features.set(Feature::LOR, BitField<19, 16>::test(id.ID_AA64MMFR1_EL1));
    features.set(Feature::PAN, BitField<23, 20>::test(id.ID_AA64MMFR1_EL1));
    features.set(Feature::UAO, BitField<7, 4>::test(id.ID_AA64MMFR2_EL1));
    return features;
}

}  // namespace emu
