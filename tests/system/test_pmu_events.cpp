// PMCEID is a promise: what it announces, the core counts.
#include "emu/core/pmu.h"
#include "emu/machine/derived_config.h"
#include "tests/support/catch.h"
#include "tests/system/guest_runs.h"

using namespace system_tests;

namespace {

constexpr u64 kSoftwareIncrement = 1;

constexpr u64 bit_of(Event e) { return u64{1} << mmu::kEvents[static_cast<std::size_t>(e)].number; }

u64 announced(const Settings& settings) {
    return emu::announced_events(emu::core_config(request_of(small_programs().front(), settings).config));
}

// A bit for each common event that any of the workloads makes.
u64 events_that_count(const Settings& settings) {
    u64 counted = 0;
    for (const Program& program : small_programs()) {
        const emu::RunResult r = run(program, settings);
        for (std::size_t e = 0; e < std::size(mmu::kEvents); ++e)
            if (mmu::kEvents[e].number < 64 && count(r, static_cast<Event>(e)) != 0) counted |= u64{1} << mmu::kEvents[e].number;
    }
    return counted;
}

}  // namespace

TEST_CASE("Every event that PMCEID announces counts on some workload, and no other common event does") {
    // With a cache of the system only, with an L3, and with neither.
    for (const char* core : {"neoverse-n1", "cortex-a55", "cortex-a72"}) {
        INFO(core);
        const Settings settings{{"core.profile", core}, {"machine.mode", "cycle"}};
        CHECK((announced(settings) & ~kSoftwareIncrement) == events_that_count(settings));
        CHECK((announced(settings) & kSoftwareIncrement) != 0);
    }
}

TEST_CASE("In functional mode PMCEID announces no cache and no predictor, TLBs and walks as ever, and cycles, which are instructions") {
    const Settings settings{{"machine.mode", "functional"}};
    const u64 cycles = bit_of(Event::CPU_CYCLES);  // the PMU's own there: Foldwalk reports none
    CHECK((announced(settings) & ~kSoftwareIncrement & ~cycles) == events_that_count(settings));
    CHECK((announced(settings) & (kSoftwareIncrement | cycles)) == (kSoftwareIncrement | cycles));
    for (const Event e : {Event::L1D_TLB, Event::L1D_TLB_REFILL, Event::L1I_TLB, Event::L1I_TLB_REFILL, Event::L2D_TLB, Event::L2D_TLB_REFILL,
                          Event::DTLB_WALK, Event::ITLB_WALK})
        CHECK((announced(settings) & bit_of(e)) != 0);
}
