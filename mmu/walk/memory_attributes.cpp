#include "mmu/walk/memory_attributes.h"

#include <algorithm>

#include "mmu/arch/sysreg_layout.h"

namespace mmu {

using arch::u8;

namespace {

constexpr unsigned kNonCacheable = 0b0100;  // a nibble of MAIR_EL1, Inner or Outer
constexpr u8 kNormalNonCacheable = 0x44;
constexpr u8 kNormalWriteBack = 0xff;
constexpr u8 kOuterShareable = 2;
constexpr u8 kInnerShareable = 3;

// Increasing with what may be cached; as stage 2 encodes them.
enum class Cacheability : u8 { None = 1, WriteThrough = 2, WriteBack = 3 };

Cacheability cacheability_of(unsigned nibble) {
    if (nibble == kNonCacheable) return Cacheability::None;
    return (nibble & 0b0100) != 0 ? Cacheability::WriteBack : Cacheability::WriteThrough;
}

// One of Inner and Outer. Allocation hints and transience are those of stage 1. 0 is reserved in stage 2 and acts as None.
unsigned combined_nibble(unsigned stage1, unsigned stage2) {
    const auto allowed = static_cast<Cacheability>(std::max(stage2, 1u));
    const Cacheability least = std::min(cacheability_of(stage1), allowed);
    if (least == Cacheability::None) return kNonCacheable;
    if (least == cacheability_of(stage1)) return stage1;
    return stage1 & 0b1011;  // Write-Back becomes Write-Through
}

u8 combined_normal(u8 stage1, unsigned stage2) {
    return static_cast<u8>(combined_nibble(stage1 >> 4, stage2 >> 2) << 4 | combined_nibble(stage1 & 15u, stage2 & 3));
}

// Device types order from nGnRnE, the strictest, to GRE; MAIR_EL1 has them in bits 3:2, stage 2 in MemAttr[1:0].
u8 device(unsigned type) { return static_cast<u8>(type << 2); }

u8 combined_device(u8 stage1, unsigned stage2, bool stage2_is_device) {
    const bool stage1_is_device = arch::MairAttr::is_device(stage1);
    const unsigned type1 = stage1 >> 2 & 3u;
    if (!stage2_is_device) return device(type1);
    return device(stage1_is_device ? std::min(type1, stage2 & 3) : stage2 & 3);
}

u8 forced_attribute(u8 stage1, unsigned stage2) {
    if ((stage2 & 0b0100) == 0) return combined_device(stage1, stage2, true);
    if (stage2 == 0b0110) return kNormalWriteBack;
    if (stage2 == 0b0111 || arch::MairAttr::is_device(stage1)) return stage1;
    return kNormalNonCacheable;
}

}  // namespace

u8 combined_attribute(u8 stage1, unsigned stage2, bool forces_write_back) {
    if (forces_write_back) return forced_attribute(stage1, stage2);
    const bool stage2_is_device = (stage2 & 0b1100) == 0;
    if (stage2_is_device || arch::MairAttr::is_device(stage1)) return combined_device(stage1, stage2, stage2_is_device);
    return combined_normal(stage1, stage2);
}

u8 combined_shareability(u8 stage1, u8 stage2, u8 attribute) {
    if (arch::MairAttr::is_device(attribute) || attribute == kNormalNonCacheable) return kOuterShareable;
    if (stage1 == kOuterShareable || stage2 == kOuterShareable) return kOuterShareable;
    return stage1 == kInnerShareable || stage2 == kInnerShareable ? kInnerShareable : u8{0};
}

}  // namespace mmu
