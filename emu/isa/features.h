// Which optional instructions a core has, as its ID registers announce them.
#pragma once

#include "mmu/arch/bits.h"

namespace emu {

enum class Feature : arch::u8 {
#define A64_FEATURE(name) name,
#include "emu/isa/features.def"
};

// Raw values of the ID registers that announce instructions.
struct IdRegisters {
    arch::u64 ID_AA64PFR0_EL1{0};
    arch::u64 ID_AA64PFR1_EL1{0};
    arch::u64 ID_AA64ISAR0_EL1{0};
    arch::u64 ID_AA64ISAR1_EL1{0};
    arch::u64 ID_AA64MMFR1_EL1{0};
    arch::u64 ID_AA64MMFR2_EL1{0};
};

class CoreFeatures {
public:
    constexpr CoreFeatures() = default;

    [[nodiscard]] static CoreFeatures from_id_registers(const IdRegisters& id);
    [[nodiscard]] static constexpr CoreFeatures all() {
        CoreFeatures features;
        features.bits_ = ~arch::u64{0};
        return features;
    }

    constexpr void set(Feature feature, bool present) {
        bits_ = present ? bits_ | bit(feature) : bits_ & ~bit(feature);
    }
    [[nodiscard]] constexpr bool has(Feature feature) const { return (bits_ & bit(feature)) != 0; }

private:
    [[nodiscard]] static constexpr arch::u64 bit(Feature feature) {
        return arch::u64{1} << static_cast<unsigned>(feature);
    }

    arch::u64 bits_{bit(Feature::Base)};
};

}  // namespace emu
