#include "tests/system/guest_runs.h"

#include "emu/app/configuration.h"
#include "emu/app/manifest.h"
#include "tests/support/catch.h"

namespace system_tests {

const std::vector<Program>& small_programs() {
    static const std::vector<Program> kPrograms{
        {"sequential_touch", {"bytes=1M", "rounds=2"}},
        {"random_touch", {"bytes=1M", "accesses=4000", "seed=1"}},
        {"page_stride", {"pages=64", "rounds=10"}},
        {"pointer_chase", {"bytes=1M", "steps=4000", "seed=1"}},
        {"fork_cow", {"bytes=512K", "rounds=2"}},
        {"mprotect_flip", {"bytes=1M", "rounds=2", "chunk=256K"}},
        {"madvise_churn", {"bytes=1M", "chunk=64K", "rounds=32", "seed=1"}},
        {"partial_unmap", {"bytes=1M", "every=64K", "hole=5", "rounds=2"}},
        {"munmap", {"bytes=1M", "rounds=2"}},
        {"alu_loop", {"iterations=20000"}},
        {"sort", {"bytes=8K", "rounds=2", "seed=1"}},
        {"sha256", {"bytes=2K", "rounds=2"}},
        {"memory_rates", {"page=4K", "bytes=256K"}},
        {"mm_phases", {"mb=2"}},
    };
    return kPrograms;
}

std::vector<std::string> manifest_names() {
    const emu::app::Manifest manifest{emu::app::DataFiles{guest_folder()}};
    std::vector<std::string> names;
    for (const auto& workload : manifest.workloads()) names.push_back(workload.name);
    return names;
}

std::string guest_folder() {
    return FOLDWALK_GUEST;
}

emu::RunRequest request_of(const Program& program, const Settings& settings) {
    emu::app::ConfigSources sources{{}, {{"machine.mode", "functional", "test"}, {"machine.memory", "128M", "test"}}};
    for (const auto& [key, value] : settings) sources.assignments.push_back({key, value, "test"});
    emu::RunRequest request;
    request.config = emu::app::make_config(emu::app::DataFiles{guest_folder()}, sources);
    request.files.folder = guest_folder();
    request.name = request.workload = program.workload;
    request.arguments = program.arguments;
    return request;
}

emu::RunResult run(const emu::RunRequest& request) {
    const std::atomic<bool> stop{false};
    emu::RunResult result = emu::run_guest(request, stop, {});
    INFO(request.workload << ": " << result.stop_reason << "\n" << result.console);
    REQUIRE(emu::succeeded(result));
    return result;
}

emu::RunResult run(const Program& program, const Settings& settings) {
    return run(request_of(program, settings));
}

const emu::PhaseResult& phase_of(const emu::RunResult& result, const std::string& name) {
    for (const emu::PhaseResult& phase : result.phases)
        if (phase.name == name) return phase;
    FAIL("no phase " << name << " in " << result.workload);
    return result.phases.front();
}

u64 guest_count(const emu::NamedCounts& counts, const std::string& name) {
    for (const auto& [key, value] : counts)
        if (key == name) return value;
    FAIL("the guest has no counter " << name);
    return 0;
}

}  // namespace system_tests
