// PMCEID is a promise: what it announces, the core counts.
#include "emu/core/pmu.h"
#include "emu/machine/derived_config.h"
#include "tests/support/catch.h"
#include "tests/system/guest_runs.h"

using namespace system_tests;

namespace {

constexpr u64 kSoftwareIncrement = 1;

// A bit for each common event that any of the workloads makes.
u64 events_that_count(const std::string& core) {
    u64 counted = 0;
    for (const Program& program : small_programs()) {
        const emu::RunResult r = run(program, {{"core.profile", core}, {"machine.mode", "cycle"}});
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
        const emu::RunRequest request = request_of(small_programs().front(), {{"core.profile", core}});
        const u64 announced = emu::announced_events(emu::core_config(request.config));
        CHECK((announced & ~kSoftwareIncrement) == events_that_count(core));
        CHECK((announced & kSoftwareIncrement) != 0);
    }
}
