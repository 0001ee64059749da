// Why a cycle passed without an earlier commit. Every cycle of a run has exactly one of these.
#pragma once

#include <cstddef>

#include "mmu/arch/bits.h"

namespace emu {

enum class Cause : arch::u8 {
    Base,      // widths, ports, execution of computing instructions, system registers
    FrontEnd,  // groups cut short by taken branches, L1I misses
    Branch,    // refilling the window after a wrong prediction
    L1d,       // the first L1D latency of every cacheable access
    L2,        // the rest, by the level that held the line
    L3,
    Llc,
    Dram,
    DtlbL2Hit,  // L1D TLB misses that the L2 TLB served
    DtlbWalk,   // data walks: overhead, queueing for a walker, and their memory time
    Itlb,       // L2 TLB time and walks of fetches
    Store,      // a full store queue
    Dsb,
    Isb,
    Tlbi,
    Exception,  // entry and return
    Ordering,   // DMB, acquire and release
    Device,     // Device memory, which is neither cached nor speculated
};
inline constexpr std::size_t kCauseCount = 18;

inline constexpr const char* kCauseNames[kCauseCount] = {
    "base", "front_end", "branch", "l1d", "l2",  "l3",  "llc",  "dram",      "dtlb_l2_hit",
    "dtlb_walk", "itlb", "store", "dsb", "isb", "tlbi", "exception", "ordering", "device",
};
static_assert(static_cast<std::size_t>(Cause::Device) + 1 == kCauseCount);

[[nodiscard]] constexpr const char* name_of(Cause c) {
    return kCauseNames[static_cast<std::size_t>(c)];
}

}  // namespace emu
