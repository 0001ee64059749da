// What an access is, before it is translated. Arm: AccessDescriptor.
#pragma once

#include "mmu/arch/bits.h"

namespace mmu {

enum class AccessKind : arch::u8 {
    Fetch,
    Load,
    Store,
    Atomic,            // read and write in one: needs both permissions, reports WnR as the manual says
    CacheMaintenance,  // DC/IC by VA; reports CM
    ZeroBlock,         // DC ZVA: a store of a whole block
    Prefetch,          // never faults
    AddressTranslate,  // AT: fills nothing, counts nothing
};

struct AccessDescriptor {
    AccessKind kind{AccessKind::Load};
    arch::u8 el{0};             // 0 or 1: the level whose permissions apply
    bool unprivileged{false};   // LDTR/STTR from EL1 (el is then 0)
    bool pan{false};            // PSTATE.PAN as it applies to this access
    arch::u8 size_log2{0};

    [[nodiscard]] bool writes() const {
        return kind == AccessKind::Store || kind == AccessKind::Atomic || kind == AccessKind::ZeroBlock;
    }
};

}  // namespace mmu
