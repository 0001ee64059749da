// Fault kinds of stage 1 and their DFSC/IFSC encodings. Arm: ESR_EL1, ISS encoding for Data and
// Instruction Aborts, DFSC / IFSC tables.
#pragma once

#include "mmu/arch/bits.h"

namespace arch {

enum class FaultKind : u8 {
    None,
    AddressSize,
    Translation,
    AccessFlag,
    Permission,
    SyncExternal,
    SyncExternalOnWalk,
    Alignment,
    TlbConflict,
    UnsupportedAtomicUpdate,  // hardware update of a descriptor, or an exclusive, on memory that has none
};

// `level` is 0..3; -1 (FEAT_LPA2) only for kinds that define it.
[[nodiscard]] constexpr u8 fault_status_code(FaultKind kind, int level) {
    const auto l = static_cast<u8>(level & 3);
    switch (kind) {
        case FaultKind::AddressSize: return level < 0 ? 0b101001 : static_cast<u8>(0b000000 | l);
        case FaultKind::Translation: return level < 0 ? 0b101011 : static_cast<u8>(0b000100 | l);
        case FaultKind::AccessFlag: return static_cast<u8>(0b001000 | l);
        case FaultKind::Permission: return static_cast<u8>(0b001100 | l);
        case FaultKind::SyncExternal: return 0b010000;
        case FaultKind::SyncExternalOnWalk: return level < 0 ? 0b010011 : static_cast<u8>(0b010100 | l);
        case FaultKind::Alignment: return 0b100001;
        case FaultKind::TlbConflict: return 0b110000;
        case FaultKind::UnsupportedAtomicUpdate: return 0b110001;
        case FaultKind::None: break;
    }
    return 0;
}

}  // namespace arch
