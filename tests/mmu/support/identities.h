// What holds between the TLB counters at any time.
#pragma once

#include "tests/mmu/support/mmu_fixture.h"
#include "tests/support/catch.h"

namespace test {

inline void require_identities(Fixture& f) {
    REQUIRE(f.count(Event::L1D_TLB) == f.count(Event::SIM_L1D_HIT) + f.count(Event::L1D_TLB_REFILL));
    REQUIRE(f.count(Event::L1I_TLB) == f.count(Event::SIM_L1I_HIT) + f.count(Event::L1I_TLB_REFILL));
    REQUIRE(f.count(Event::L2D_TLB) == f.count(Event::L1D_TLB_REFILL) + f.count(Event::L1I_TLB_REFILL));
    REQUIRE(f.count(Event::L2D_TLB) == f.count(Event::SIM_L2_HIT) + f.count(Event::L2D_TLB_REFILL));
    REQUIRE(f.count(Event::L2D_TLB_REFILL) == f.count(Event::DTLB_WALK) + f.count(Event::ITLB_WALK));
    REQUIRE(f.count(Event::SIM_L1D_HIT) == f.count(Event::SIM_L1D_HIT_4K) + f.count(Event::SIM_L1D_HIT_16K) +
                                               f.count(Event::SIM_L1D_HIT_64K) + f.count(Event::SIM_L1D_HIT_2M));
    REQUIRE(f.count(Event::SIM_L2_HIT) == f.count(Event::SIM_L2_HIT_4K) + f.count(Event::SIM_L2_HIT_16K) +
                                              f.count(Event::SIM_L2_HIT_64K) + f.count(Event::SIM_L2_HIT_2M));
}

}  // namespace test
