// Whole runs of the guest, as the program `foldwalk` makes them: the core's profile, then settings of single keys.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "emu/machine/run.h"

namespace system_tests {

using mmu::Event;
using u64 = std::uint64_t;

// Keys as the command line knows them, with their values.
using Settings = std::vector<std::pair<std::string, std::string>>;

// What runs: a workload of the manifest and its arguments.
struct Program {
    std::string workload;
    std::vector<std::string> arguments;
};

// Every workload of the manifest, with arguments that take it through all of its phases in a moment.
[[nodiscard]] const std::vector<Program>& small_programs();
// Names in the manifest.
[[nodiscard]] std::vector<std::string> manifest_names();

// The folder of the built guest.
[[nodiscard]] std::string guest_folder();

// Functional mode and 128 MiB unless `settings` say otherwise.
[[nodiscard]] emu::RunRequest request_of(const Program& program, const Settings& settings);

// Requires that the guest ended by itself, with status 0 and no broken identity.
[[nodiscard]] emu::RunResult run(const emu::RunRequest& request);
[[nodiscard]] emu::RunResult run(const Program& program, const Settings& settings);

[[nodiscard]] const emu::PhaseResult& phase_of(const emu::RunResult& result, const std::string& name);
// Sum over both Exception levels.
[[nodiscard]] inline u64 count(const emu::PhaseResult& phase, Event e) {
    return phase.el0[e] + phase.el1[e];
}
[[nodiscard]] inline u64 count(const emu::RunResult& result, Event e) {
    return result.el0[e] + result.el1[e];
}
// A counter of the guest kernel.
[[nodiscard]] u64 guest_count(const emu::NamedCounts& counts, const std::string& name);

}  // namespace system_tests
