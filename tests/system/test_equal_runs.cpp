// What must not change a result: the timing model, the memos, and doing it again.
#include <algorithm>

#include "emu/report/result_json.h"
#include "tests/support/catch.h"
#include "tests/system/same_work.h"

using namespace system_tests;

namespace {

const Settings kCycle{{"machine.mode", "cycle"}};

void check_same(const emu::RunResult& a, const emu::RunResult& b, Events events) {
    for (const std::string& line : differences(a, b, events)) FAIL_CHECK(a.workload << ": " << line);
}

const Program& program(const std::string& workload) {
    return *std::ranges::find(small_programs(), workload, &Program::workload);
}

}  // namespace

TEST_CASE("The programs of these tests are the workloads of the manifest") {
    std::vector<std::string> names;
    for (const Program& p : small_programs()) names.push_back(p.workload);
    CHECK(names == manifest_names());
}

TEST_CASE("Functional and cycle mode give equal state and equal counts in every phase of every workload") {
    for (const Program& p : small_programs()) {
        const emu::RunResult functional = run(p, {});
        const emu::RunResult cycle = run(p, kCycle);
        check_same(functional, cycle, Events::WithoutTiming);
        CHECK(count(cycle, Event::CPU_CYCLES) > 0);
    }
}

TEST_CASE("Functional mode counts no event of time, and cycle mode no other than these differently") {
    const emu::RunResult functional = run(program("mm_phases"), {});
    const emu::RunResult cycle = run(program("mm_phases"), kCycle);
    for (std::size_t i = 0; i < mmu::kEventCount; ++i) {
        const auto e = static_cast<Event>(i);
        INFO(mmu::kEvents[i].name);
        if (is_of_timing(e))
            CHECK(count(functional, e) == 0);
        else
            CHECK(count(functional, e) == count(cycle, e));
    }
}

TEST_CASE("Memos of translations and threaded dispatch cannot be observed") {
    for (const std::string workload : {"random_touch", "fork_cow", "mm_phases"}) {
        const emu::RunResult with_all = run(program(workload), {});
        check_same(with_all, run(program(workload), {{"mmu.host_tlb", "off"}}), Events::All);
        check_same(with_all, run(program(workload), {{"core.threaded", "off"}}), Events::All);
        check_same(with_all, run(program(workload), {{"mmu.host_tlb", "off"}, {"core.threaded", "off"}}), Events::All);
    }
}

TEST_CASE("Translation to the host's code cannot be observed, whatever the kernel and the workload") {
    const std::vector<Settings> kernels{{{"kernel.contpte", "off"}, {"kernel.thp_anon", "never"}},
                                        {{"kernel.contpte", "on"}, {"kernel.thp_anon", "64K:always"}}};
    for (const Settings& kernel : kernels) {
        for (const Program& p : small_programs()) {
            Settings translated = kernel;
            translated.emplace_back("core.jit_threshold", "1");
            Settings interpreted = kernel;
            interpreted.emplace_back("core.jit", "off");
            check_same(run(p, translated), run(p, interpreted), Events::All);
        }
    }
}

TEST_CASE("Two runs of one request give the same bytes") {
    for (const Settings& settings : {Settings{}, kCycle}) {
        const emu::RunRequest request = request_of(program("mm_phases"), settings);
        const std::string first = emu::result_document({"run"}, {run(request)}).dump(1);
        CHECK(first == emu::result_document({"run"}, {run(request)}).dump(1));
        CHECK(first.find("\"touch_seq_write\"") != std::string::npos);
    }
}

TEST_CASE("A difference between two runs is noticed, wherever it is") {
    const emu::RunResult good = run(program("munmap"), {});
    REQUIRE(differences(good, good, Events::All).empty());
    const auto lines_after = [&](auto tamper) {
        emu::RunResult bad = good;
        tamper(bad);
        return differences(good, bad, Events::WithoutTiming).size();
    };
    CHECK(lines_after([](emu::RunResult& r) { ++r.phases.back().el1[Event::L2D_TLB]; }) == 1);
    CHECK(lines_after([](emu::RunResult& r) { ++r.phases.front().begin_instruction; }) == 1);
    CHECK(lines_after([](emu::RunResult& r) { ++r.phases.front().guest.front().second; }) == 1);
    CHECK(lines_after([](emu::RunResult& r) { ++r.el0[Event::INST_RETIRED]; }) == 1);
    CHECK(lines_after([](emu::RunResult& r) { r.checksum.reset(); }) == 1);
    CHECK(lines_after([](emu::RunResult& r) { ++r.memory_hash; }) == 1);
    CHECK(lines_after([](emu::RunResult& r) { ++r.table_hash; }) == 1);
    CHECK(lines_after([](emu::RunResult& r) { r.phases.pop_back(); }) == 1);
    CHECK(lines_after([](emu::RunResult& r) { ++r.el0[Event::CPU_CYCLES]; }) == 0);
}
