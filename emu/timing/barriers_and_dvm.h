// TLB maintenance and the DSB that completes it. Every TLBI takes its issue time from one unit; a broadcast one goes to
// all PEs over the DVM channel, which all issuers share, and the DSB waits for the slowest answer.
#pragma once

#include "emu/core/record.h"
#include "emu/timing/timing_config.h"

namespace emu {

class BarriersAndDvm {
public:
    explicit BarriersAndDvm(const TimingConfig& config);

    // A TLBI that may start at `cycle`; when it has issued.
    u64 tlbi(const arch::TlbInvalidation& tlbi, u64 cycle);
    // A DSB whose earlier accesses are done at `cycle`; when it is done.
    u64 dsb(BarrierDomain domain, BarrierTypes types, u64 cycle);

private:
    u64 local_issue_;
    u64 broadcast_issue_;
    u64 local_sync_;
    u64 broadcast_sync_;
    u64 unit_free_{0};
    bool broadcast_pending_{false};
};

}  // namespace emu
