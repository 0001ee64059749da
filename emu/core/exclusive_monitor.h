// The local monitor of load-exclusive and store-exclusive. Arm: "Exclusive access instructions and Shareable
// memory locations"; the Exclusives reservation granule of CTR_EL0.ERG is 64 bytes here.
#pragma once

#include "emu/isa/decoded_op.h"

namespace emu {

// The monitor tags virtual addresses: an exclusive pair whose two accesses use different addresses is CONSTRAINED
// UNPREDICTABLE, and ERET or CLREX clears it before a change of mapping can matter.
struct ExclusiveMonitor {
    static constexpr u64 kGranule = 64;

    u64 granule{0};
    bool armed{false};

    void arm(u64 va) {
        granule = arch::align_down(va, kGranule);
        armed = true;
    }
    void clear() { armed = false; }
    // Whether a store-exclusive to `va` passes; in either case the monitor is then open.
    [[nodiscard]] bool consume(u64 va) {
        const bool passes = armed && granule == arch::align_down(va, kGranule);
        armed = false;
        return passes;
    }

    template <class Archive>
    void serialize(Archive& archive) {
        archive(granule, armed);
    }
};

}  // namespace emu
