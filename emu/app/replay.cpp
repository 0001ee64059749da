// foldwalk replay: a recorded page-fault trace through the guest's memory manager.
#include <array>
#include <boost/program_options.hpp>
#include <filesystem>
#include <iostream>

#include "emu/app/profile.h"
#include "emu/app/single_run.h"
#include "emu/app/subcommand.h"
#include "emu/report/replay_report.h"
#include "emu/report/result_json.h"
#include "emu/report/text_report.h"
#include "emu/trace/importer.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

constexpr std::uint64_t kContpteBlock = 64 << 10;
constexpr std::uint64_t kSinglePage = 4 << 10;

std::string base_name(const std::string& path) {
    return std::filesystem::path{path}.filename().string();
}

// Reads a trace from end to end, for its statistics. Throws UserError on what is no trace.
trace::Statistics statistics_of(const std::string& path) {
    trace::Importer importer{path};
    std::array<replay_op, 4096> window;
    while (importer.read(window) == window.size()) continue;
    return importer.statistics();
}

// A trace of large folios lacks the touches inside them: what smaller folios would have faulted on is not there.
void refuse_smaller_folios(const std::string& path, const KernelConfig& kernel) {
    if (largest_folio(kernel.thp_anon) >= kContpteBlock || statistics_of(path).born_folded == 0) return;
    throw UserError{base_name(path) +
                    " was recorded with 64K folios, and its touches inside them are lost: a replay with "
                    "--thp " +
                    kernel.thp_anon + " would count too few faults; use --thp 64K:always, or --force"};
}

RunRequest make_replay_request(const DataFiles& files, const MachineConfig& config, const std::string& path) {
    files.require_guest(config.kernel.contpte);
    RunRequest request;
    request.config = config;
    // The recording kernel's fault-around is in the trace already: what it mapped without a fault is not there.
    request.config.kernel.fault_around_bytes = kSinglePage;
    request.files = guest_files(files, config);
    request.name = base_name(path);
    request.workload = "replay";
    request.trace = path;
    return request;
}

int replay(const CommandLine& line) {
    line.no_arguments();
    if (line.has("recorded-heaps") && !line.has("truth"))
        throw UserError{"--recorded-heaps without --truth: heaps stand where they were recorded anyway; leave it out, or name the other trace"};
    const auto files = DataFiles::locate(line.option("data"));
    const auto config = make_config(files, line.config);
    const auto& path = line.only_positional("trace");
    auto request = make_replay_request(files, config, path);
    ask_of_run(line, request);
    if (!line.has("force")) refuse_smaller_folios(path, config.kernel);
    std::optional<ReplayTruth> truth;
    if (const auto other = line.option("truth")) {
        truth = ReplayTruth{base_name(*other), statistics_of(*other), !line.has("recorded-heaps")};
        if (truth->heaps_placed) request.heaps = truth->statistics.heaps;
    }
    RunFiles outputs{line};

    const auto results = outputs.run(std::move(request));
    const auto& result = results.front();
    std::cout << report_limits(result) << "\n" << report_run(result, report_detail(line));
    if (result.trace) std::cout << "\n" << replay_report(result, truth);
    std::cout << std::flush;
    auto document = result_document(line.typed, results);
    if (truth) document["truth"] = Json{
            {"name", truth->name}, {"heaps_placed", truth->heaps_placed}, {"trace", json_of(truth->statistics)}};
    outputs.write(result, &std::cout, document);
    return succeeded(result) ? kDone : kGuestFailed;
}

}  // namespace

Subcommand replay_subcommand() {
    namespace po = boost::program_options;
    Subcommand s{"replay",
                 "TRACE",
                 "Replays a page-fault trace (ftrace, perf script or perf trace -F text, plain, gzip or Zstandard).",
                 "A trace holds first touches and system calls, not the program's other accesses.",
                 {"Options"},
                 replay};
    add_single_run_options(s.options);
    auto add = s.options.add_options();
    add("truth", po::value<std::string>()->value_name("TRACE"),
        "trace of the same program with large folios: print how well the replay predicts it");
    add("recorded-heaps", "with --truth: leave heaps where TRACE has them, not where the other run's random start put them");
    add("force", "replay with smaller folios than the trace was recorded with");
    return s;
}

}  // namespace emu::app
