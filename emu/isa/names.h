// Names of timing classes and features, as a64.def spells them.
#pragma once

#include <iterator>
#include <string_view>

#include "emu/isa/decoded_op.h"
#include "emu/isa/features.h"

namespace emu {

[[nodiscard]] constexpr std::string_view op_class_name(OpClass op_class) {
    constexpr std::string_view kNames[]{
        "Alu", "AluShift", "AluFlags", "Mul32", "Mul64", "MulHigh", "Div32", "Div64", "Crc", "Branch", "BranchCond",
        "BranchIndirect", "Call", "CallIndirect", "Return", "Load", "LoadPair", "Store", "StorePair", "LoadAcquire",
        "StoreRelease", "LoadExclusive", "StoreExclusive", "Atomic", "Prefetch", "DcZva", "CacheMaintenance", "Mrs",
        "Msr", "Tlbi", "AddressTranslate", "Dsb", "Dmb", "Isb", "Hint", "ExceptionGen", "Eret", "FpSimple", "FpAdd",
        "FpMul", "FpDiv", "Simd", "FpLoad", "FpStore", "Crypto"};
    static_assert(std::size(kNames) == static_cast<std::size_t>(OpClass::Crypto) + 1);
    return kNames[static_cast<std::size_t>(op_class)];
}

[[nodiscard]] constexpr std::string_view feature_name(Feature feature) {
    constexpr std::string_view kNames[]{
#define A64_FEATURE(name) #name,
#include "emu/isa/features.def"
    };
    return kNames[static_cast<std::size_t>(feature)];
}

}  // namespace emu
