// A hypervisor that the guest does not see: what the guest does under it.
#include "tests/support/catch.h"
#include "tests/system/guest_runs.h"

using namespace system_tests;

TEST_CASE("Under stage 2 of any page size the guest does the same work and builds the same page tables") {
    for (const Program& program : small_programs()) {
        const emu::RunResult bare = run(program, {{"machine.stage2", "off"}});
        CHECK(count(bare, Event::SIM_STAGE2_STEP) == 0);
        for (const char* mapping : {"4K", "64K-contig", "2M"}) {
            for (const char* populate : {"eager", "on-demand"}) {
                INFO(program.workload << ", " << mapping << ", " << populate);
                const emu::RunResult nested = run(program, {{"machine.stage2", mapping}, {"machine.stage2_populate", populate}});
                CHECK(nested.table_hash == bare.table_hash);
                CHECK(nested.memory_hash == bare.memory_hash);
                CHECK(nested.allocation_hash == bare.allocation_hash);
                CHECK(nested.checksum == bare.checksum);
                CHECK(nested.guest == bare.guest);
                CHECK(count(nested, Event::INST_RETIRED) == count(bare, Event::INST_RETIRED));
                CHECK(count(nested, Event::SIM_STAGE2_STEP) > 0);
            }
        }
    }
}

TEST_CASE("With the timing model too, also where EL2 has accesses begin again") {
    const Program program{"fork_cow", {"bytes=256K", "rounds=1"}};
    const emu::RunResult functional = run(program, {{"machine.stage2", "4K"}, {"machine.stage2_populate", "on-demand"}});
    const emu::RunResult timed =
        run(program, {{"machine.stage2", "4K"}, {"machine.stage2_populate", "on-demand"}, {"machine.mode", "cycle"}});
    CHECK(count(timed, Event::SIM_STAGE2_TRAP) > 100);
    CHECK(count(timed, Event::SIM_STAGE2_TRAP) == count(functional, Event::SIM_STAGE2_TRAP));
    CHECK(count(timed, Event::L2D_TLB_REFILL) == count(functional, Event::L2D_TLB_REFILL));
    CHECK(timed.table_hash == functional.table_hash);
}

TEST_CASE("The hash of the page tables tells folded tables from others") {
    const Program& program = small_programs().front();
    CHECK(run(program, {{"kernel.contpte", "on"}}).table_hash != run(program, {{"kernel.contpte", "nofold"}}).table_hash);
}
