#include "emu/timing/barriers_and_dvm.h"

#include <algorithm>
#include <cmath>

namespace emu {

namespace {

constexpr u64 kHandOver = 1;

// The time until the last of `pes` PEs on a square mesh has answered grows with the mesh's edge; among issuers the
// channel is shared evenly (Linux list, Arcangeli 2020: 32 issuers take 15 times as long).
u64 broadcast_sync(const TimingConfig& config) {
    const double local = static_cast<double>(config.core.dsb_nsh.mid);
    const double beyond = std::max(0.0, static_cast<double>(config.core.dsb_ish.mid) - local);
    const double edge = std::sqrt(static_cast<double>(config.dvm.pes) / config.dvm.reference_pes);
    return static_cast<u64>(std::llround(local + beyond * edge * config.dvm.issuers));
}

}  // namespace

BarriersAndDvm::BarriersAndDvm(const TimingConfig& config)
    : local_time_{config.core.tlbi_local.mid},
      broadcast_time_{config.core.tlbi_broadcast.mid * config.dvm.issuers},
      range_extra_{config.core.tlbi_range.mid},
      local_sync_{config.core.dsb_nsh.mid},
      broadcast_sync_{broadcast_sync(config)},
      under_way_{config.core.tlbi_outstanding} {}

u64 BarriersAndDvm::tlbi(const arch::TlbInvalidation& tlbi, u64 cycle) {
    const bool broadcast = tlbi.shareability != arch::Shareability::NonShareable;
    const u64 extra = tlbi.is_range ? range_extra_ : 0;
    return broadcast ? hand_over(channel_done_, broadcast_time_ + extra, cycle, true)
                     : hand_over(local_done_, local_time_ + extra, cycle, false);
}

u64 BarriersAndDvm::hand_over(u64& server_done, u64 time, u64 cycle, bool broadcast) {
    const u64 start = std::max(cycle, under_way_.oldest());
    server_done = std::max(server_done, start) + time;
    under_way_.push(server_done);
    answers_pending_ = answers_pending_ || broadcast;
    return start + kHandOver;
}

// Only a DSB of both access types completes TLB maintenance, and only one of a shareable domain a broadcast one.
u64 BarriersAndDvm::dsb(BarrierDomain domain, BarrierTypes types, u64 cycle) {
    if (types != BarrierTypes::All) return cycle + local_sync_;
    const u64 local = std::max(cycle, local_done_) + local_sync_;
    if (!answers_pending_ || domain == BarrierDomain::NonShareable) return local;
    answers_pending_ = false;
    return std::max(local, std::max(cycle, channel_done_) + broadcast_sync_);
}

}  // namespace emu
