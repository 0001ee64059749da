// TLB maintenance and the DSB that completes it. A TLBI leaves the pipeline once it is handed over, and completes on its
// own: one for this PE in the unit that serves them one after another, a broadcast one on the DVM channel, which all
// issuers share. A DSB waits for those under way, then for the slowest of the PEs that answer a broadcast.
#pragma once

#include "emu/core/record.h"
#include "emu/timing/reservations.h"
#include "emu/timing/timing_config.h"

namespace emu {

class BarriersAndDvm {
public:
    explicit BarriersAndDvm(const TimingConfig& config);

    // A TLBI that is the oldest instruction at `cycle`; when it is handed over. It waits where as many are under way as
    // the core keeps.
    u64 tlbi(const arch::TlbInvalidation& tlbi, u64 cycle);
    // The same of an IC by address, whose broadcast goes the same way.
    u64 instruction_cache(u64 cycle) { return hand_over(channel_done_, broadcast_time_, cycle, true); }
    // A DSB whose earlier accesses are done at `cycle`; when it is done.
    u64 dsb(BarrierDomain domain, BarrierTypes types, u64 cycle);

private:
    u64 hand_over(u64& server_done, u64 time, u64 cycle, bool broadcast);

    u64 local_time_;      // that one TLBI takes its unit, or the channel
    u64 broadcast_time_;
    u64 range_extra_;
    u64 local_sync_;      // of a DSB after its waits
    u64 broadcast_sync_;
    u64 local_done_{0};   // when all so far are complete here, and handed to all PEs
    u64 channel_done_{0};
    bool answers_pending_{false};
    StampRing under_way_;
};

}  // namespace emu
