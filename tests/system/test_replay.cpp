// Real page faults through the guest's memory manager. The trace `mthp64` was recorded with 64K folios: replayed with
// them, it must take every fault that real Linux took and no other. The trace `never` of the same program was recorded
// without large folios: replayed with 64K folios it predicts the other.
#include <array>

#include "emu/report/replay_report.h"
#include "emu/trace/importer.h"
#include "tests/support/catch.h"
#include "tests/system/guest_runs.h"

using namespace system_tests;

namespace {

// As the recording machine: a Cortex-A72 has no hardware access flag, and what fault-around mapped is not in the trace.
const Settings kRecorded{{"core.hafdbs", "0"},
                         {"kernel.fault_around_bytes", "4K"},
                         {"kernel.thp_anon", "64K:always"},
                         {"machine.memory", "256M"}};

std::string trace_of(const std::string& name) {
    return FOLDWALK_TRACES "/" + name + ".trace.gz";
}

emu::trace::Statistics statistics_of(const std::string& name) {
    emu::trace::Importer importer{trace_of(name)};
    std::array<replay_op, 4096> window;
    while (importer.read(window) == window.size()) continue;
    return importer.statistics();
}

emu::RunResult replay(const std::string& name, const Settings& more = {}, const emu::trace::HeapStarts& heaps = {}) {
    Settings settings = kRecorded;
    settings.insert(settings.end(), more.begin(), more.end());
    emu::RunRequest request = request_of({"replay", {}}, settings);
    request.trace = trace_of(name);
    request.heaps = heaps;
    return run(request);
}

// What the guest counted between the markers: the replayer's own start is no part of the trace.
u64 replayed(const emu::RunResult& r, const std::string& counter) {
    return guest_count(phase_of(r, "replay").guest, counter);
}

void check_nothing_left_out(const emu::RunResult& r) {
    CHECK(replayed(r, "replay_mismatches") == 0);
    CHECK(replayed(r, "replay_skipped") == 0);
    CHECK(replayed(r, "replay_execute_as_read") == 0);
    CHECK(replayed(r, "fault_sigsegv") == 0);
}

void check_within_bounds(const emu::RunResult& r, const emu::trace::Statistics& truth) {
    CHECK(emu::faults_within_bound(replayed(r, "pgfault_anon_user"), truth.anon_user));
    CHECK(emu::faults_within_bound(replayed(r, "pgfault_anon_kernel"), truth.anon_kernel + truth.from_get_user_pages));
    CHECK(emu::folios_within_bound(replayed(r, "contpte_born_folded"), truth.born_folded));
}

}  // namespace

TEST_CASE("A trace recorded with 64K folios, replayed with them, takes exactly the faults of real Linux") {
    const emu::RunResult r = replay("sort.mthp64");
    const emu::trace::Statistics& trace = *r.trace;
    check_nothing_left_out(r);
    CHECK(replayed(r, "pgfault_anon_user") == trace.anon_user);
    CHECK(replayed(r, "pgfault_anon_kernel") == trace.anon_kernel + trace.from_get_user_pages);
    CHECK(replayed(r, "pgfault_user") == trace.anon_user + trace.file_user);
    CHECK(replayed(r, "pgfault_kernel") == trace.anon_kernel + trace.from_get_user_pages + trace.file_kernel);
    CHECK(replayed(r, "contpte_born_folded") == trace.born_folded);
    // The recording begins while execve still tears the shell's old memory down: one folded block of that.
    CHECK(replayed(r, "contpte_cleared_folded") == trace.cleared_whole - 1);
}

TEST_CASE("A trace recorded without large folios, replayed as it was recorded, takes exactly its faults") {
    const emu::RunResult r = replay("sort.never", {{"kernel.thp_anon", "never"}});
    const emu::trace::Statistics& trace = *r.trace;
    check_nothing_left_out(r);
    CHECK(replayed(r, "pgfault_anon_user") == trace.anon_user);
    CHECK(replayed(r, "pgfault_anon_kernel") == trace.anon_kernel + trace.from_get_user_pages);
    CHECK(replayed(r, "pgfault") == trace.faults());
    CHECK(replayed(r, "contpte_born_folded") == 0);
}

TEST_CASE("A trace recorded without large folios predicts the run that had them") {
    const emu::trace::Statistics truth = statistics_of("sort.mthp64");
    const emu::RunResult as_recorded = replay("sort.never");
    check_nothing_left_out(as_recorded);
    CHECK(as_recorded.trace->call_sequence_hash == truth.call_sequence_hash);
    check_within_bounds(as_recorded, truth);

    // Heaps start at random pages, which decides how many of their windows are whole. With that taken out:
    const emu::RunResult heaps_placed = replay("sort.never", {}, truth.heaps);
    check_nothing_left_out(heaps_placed);
    check_within_bounds(heaps_placed, truth);
    CHECK(replayed(heaps_placed, "pgfault_anon_user") < replayed(as_recorded, "pgfault_anon_user"));
}

TEST_CASE("Contpte changes no fault of a replay but those of the access flag") {
    const emu::RunResult off = replay("sort.never", {{"kernel.contpte", "off"}});
    const emu::RunResult on = replay("sort.never", {{"kernel.contpte", "on"}});
    for (const char* counter :
         {"fault_anon", "fault_zero_page", "fault_cow_copy", "fault_cow_reuse", "anon_fault_alloc.64K"})
        CHECK(replayed(off, counter) == replayed(on, counter));
    CHECK(replayed(off, "pgfault") - replayed(off, "fault_access_flag") ==
          replayed(on, "pgfault") - replayed(on, "fault_access_flag"));
    CHECK(replayed(on, "contpte_born_folded") == replayed(on, "anon_fault_alloc.64K"));
    CHECK(replayed(off, "contpte_born_folded") == 0);
    CHECK(off.memory_hash == on.memory_hash);
}

TEST_CASE("A replay with hardware access flag spares the faults that only set it") {
    const emu::RunResult software = replay("sort.never");
    const emu::RunResult hardware = replay("sort.never", {{"core.hafdbs", "2"}});
    CHECK(replayed(software, "fault_access_flag") > 0);
    CHECK(replayed(hardware, "fault_access_flag") == 0);
    CHECK(replayed(hardware, "fault_anon") == replayed(software, "fault_anon"));
}
