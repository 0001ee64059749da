// Which rows of pmu_events.def an access counts in: data and instruction side have their own.
#pragma once

#include <array>

#include "mmu/access.h"
#include "mmu/base/counters.h"
#include "mmu/host_tlb.h"

namespace mmu {

struct SideEvents {
    Event lookup, hit, refill, walk, step, hardware_update;
    bool counts_reach;  // L1 hits by reach exist for data only
};

inline constexpr SideEvents kDataEvents{Event::L1D_TLB,   Event::SIM_L1D_HIT, Event::L1D_TLB_REFILL, Event::DTLB_WALK,
                                        Event::DTLB_STEP, Event::DTLB_HWUPD,  true};
inline constexpr SideEvents kFetchEvents{Event::L1I_TLB,   Event::SIM_L1I_HIT, Event::L1I_TLB_REFILL, Event::ITLB_WALK,
                                         Event::ITLB_STEP, Event::ITLB_HWUPD,  false};

[[nodiscard]] constexpr const SideEvents& events_of(const AccessDescriptor& access) {
    return access.kind == AccessKind::Fetch ? kFetchEvents : kDataEvents;
}

// By reach_class().
inline constexpr std::array<Event, kReachClasses> kL1dHitByReach{Event::SIM_L1D_HIT_4K, Event::SIM_L1D_HIT_16K,
                                                                 Event::SIM_L1D_HIT_64K, Event::SIM_L1D_HIT_2M};
inline constexpr std::array<Event, kReachClasses> kL2HitByReach{Event::SIM_L2_HIT_4K, Event::SIM_L2_HIT_16K,
                                                                Event::SIM_L2_HIT_64K, Event::SIM_L2_HIT_2M};

// Whether accesses of one kind use memos: not those that are rare or need checks each time.
[[nodiscard]] constexpr bool has_memos(AccessKind kind) { return kind <= AccessKind::Atomic || kind == AccessKind::ZeroBlock; }
[[nodiscard]] constexpr HostTlb::Kind memo_kind_of(AccessKind kind) {
    return kind == AccessKind::Fetch ? HostTlb::Kind::Fetch : HostTlb::Kind::Data;
}

}  // namespace mmu
