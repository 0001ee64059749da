#include "emu/timing/barriers_and_dvm.h"

#include <algorithm>
#include <cmath>

namespace emu {

namespace {

constexpr double kReferencePes = 80;  // the system that core.dsb_ish is stated for

// The time until the last of `pes` PEs on a square mesh has answered grows with the mesh's edge; among issuers the
// channel is shared evenly (Linux list, Arcangeli 2020: 32 issuers take 15 times as long).
u64 broadcast_sync(const TimingConfig& config) {
    const double local = static_cast<double>(config.core.dsb_nsh.mid);
    const double beyond = std::max(0.0, static_cast<double>(config.core.dsb_ish.mid) - local);
    const double edge = std::sqrt(static_cast<double>(config.dvm.pes) / kReferencePes);
    return static_cast<u64>(std::llround(local + beyond * edge * config.dvm.issuers));
}

}  // namespace

BarriersAndDvm::BarriersAndDvm(const TimingConfig& config)
    : local_issue_{config.core.tlbi_local.mid},
      broadcast_issue_{config.core.tlbi_broadcast.mid * config.dvm.issuers},
      local_sync_{config.core.dsb_nsh.mid},
      broadcast_sync_{broadcast_sync(config)} {}

u64 BarriersAndDvm::tlbi(const arch::TlbInvalidation& tlbi, u64 cycle) {
    const bool broadcast = tlbi.shareability != arch::Shareability::NonShareable;
    broadcast_pending_ = broadcast_pending_ || broadcast;
    unit_free_ = std::max(cycle, unit_free_) + (broadcast ? broadcast_issue_ : local_issue_);
    return unit_free_;
}

// Only a DSB of both access types completes TLB maintenance, and only one of a shareable domain a broadcast one.
u64 BarriersAndDvm::dsb(BarrierDomain domain, BarrierTypes types, u64 cycle) {
    const bool completes = broadcast_pending_ && types == BarrierTypes::All && domain != BarrierDomain::NonShareable;
    if (completes) broadcast_pending_ = false;
    return std::max(cycle, unit_free_) + (completes ? broadcast_sync_ : local_sync_);
}

}  // namespace emu
