// The four configurations of `foldwalk compare`: one program, one memory content; and from the second on, one work.
#include "emu/app/configurations.h"
#include "emu/report/phases.h"
#include "tests/support/catch.h"
#include "tests/system/guest_runs.h"

using namespace system_tests;

namespace {

std::vector<emu::RunResult> four_runs(const Program& program) {
    const emu::app::ConfigSources base{{},
                                       {{"machine.mode", "functional", "test"}, {"machine.memory", "128M", "test"}}};
    std::vector<emu::RunResult> runs;
    for (const auto& configuration : emu::app::four_configurations(base, "hint+coalesce4").configurations) {
        emu::RunRequest request = request_of(program, {});
        request.config = emu::app::make_config(emu::app::DataFiles{guest_folder()}, configuration.sources);
        request.name = configuration.name;
        runs.push_back(run(request));
    }
    return runs;
}

}  // namespace

TEST_CASE("The four configurations give one checksum and one memory content; the last three do the same work") {
    for (const Program& program : small_programs()) {
        INFO(program.workload);
        const std::vector<emu::RunResult> runs = four_runs(program);
        REQUIRE(runs.size() == 4);
        for (const emu::RunResult& r : runs) {
            INFO(r.name);
            CHECK(r.checksum.has_value());
            CHECK(r.checksum == runs[0].checksum);
            CHECK(r.memory_hash == runs[0].memory_hash);
        }
        for (const std::size_t i : {std::size_t{2}, std::size_t{3}}) {
            INFO(runs[i].name);
            CHECK(runs[i].allocation_hash == runs[1].allocation_hash);
            CHECK(emu::all_of_interest(runs[i]).el0[Event::INST_RETIRED] ==
                  emu::all_of_interest(runs[1]).el0[Event::INST_RETIRED]);
        }
    }
}

TEST_CASE("Between contpte-nohint and contpte only the TLBs differ") {
    for (const Program& program : small_programs()) {
        INFO(program.workload);
        const std::vector<emu::RunResult> runs = four_runs(program);
        CHECK(runs[2].table_hash == runs[3].table_hash);
        CHECK(runs[2].guest == runs[3].guest);
        CHECK(count(runs[2], Event::INST_RETIRED) == count(runs[3], Event::INST_RETIRED));
        CHECK(count(runs[2], Event::L2D_TLB_REFILL) >= count(runs[3], Event::L2D_TLB_REFILL));
    }
}
