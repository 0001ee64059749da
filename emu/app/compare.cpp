// foldwalk compare: one workload or program under several configurations, side by side.
#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>
#include <numeric>
#include <optional>
#include <utility>

#include "emu/app/check_options.h"
#include "emu/app/configurations.h"
#include "emu/app/interrupt.h"
#include "emu/app/measured.h"
#include "emu/app/parallel_runs.h"
#include "emu/app/subcommand.h"
#include "emu/app/user_program.h"
#include "emu/report/result_json.h"
#include "emu/report/text_report.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

using Arguments = std::vector<std::string>;

// A workload whose answer depends on its footprint is compared at several, unless the user chose one.
std::vector<Arguments> argument_sets(const Workload& workload, const Arguments& typed) {
    const bool chosen = std::any_of(typed.begin(), typed.end(), [](const auto& a) { return a.starts_with("bytes="); });
    if (chosen || workload.compared_footprints.empty()) return {typed};
    std::vector<Arguments> sets;
    for (const auto& footprint : workload.compared_footprints) {
        sets.push_back(typed);
        sets.back().push_back("bytes=" + footprint);
    }
    return sets;
}

ComparisonPlan make_plan(const DataFiles& files, const CommandLine& line) {
    if (const auto vary = line.option("vary")) return varied_configurations(line.config, *vary);
    for (const auto& assignment : line.config.assignments)
        if (assignment.key == "kernel.contpte")
            throw UserError{assignment.origin +
                            ": compare chooses kernel.contpte itself; use run, or --vary kernel.contpte=off,on"};
    auto config = make_config(files, line.config);
    return four_configurations(line.config, ParameterList{config}.get("mmu.contiguous"));
}

// What every configuration runs: a workload with one set of arguments after the other, or a program.
struct Work {
    const Workload* workload;
    std::vector<Arguments> sets;
    std::optional<UserProgram> program;
};

Work make_work(const Manifest& manifest, const CommandLine& line) {
    if (auto program = user_program(line)) return {nullptr, {line.arguments}, std::move(program)};
    const auto& workload = manifest.find(line.only_positional("workload"));
    return {&workload, argument_sets(workload, line.arguments), std::nullopt};
}

// The runs that make one comparison, in the order of their requests: each configuration with each seed, then with the
// estimates at their low and at their high end.
struct Repetitions {
    std::vector<std::uint64_t> seeds;  // empty: the configuration's own
    bool ranges{false};

    [[nodiscard]] std::size_t rounds() const { return std::max<std::size_t>(1, seeds.size()) + (ranges ? 2 : 0); }
};

constexpr std::uint64_t kMostSeeds = 1000;

std::vector<std::uint64_t> chosen_seeds(const CommandLine& line) {
    const auto text = line.option("seeds");
    if (!text) return {};
    const auto count = config_text::parse_unsigned(*text, config_text::Suffixes::None);
    if (!count || *count < 2 || *count > kMostSeeds)
        throw UserError{"--seeds " + *text + ": choose 2 to " + std::to_string(kMostSeeds) + " seeds"};
    const auto refuse_other = [](const std::string& key, const std::string& origin) {
        if (key == "kernel.seed" || key == "mmu.replacement_seed") throw UserError{origin + ": --seeds chooses the seeds itself"};
    };
    for (const auto& assignment : line.config.assignments) refuse_other(assignment.key, assignment.origin);
    const auto vary = line.option("vary").value_or("");
    refuse_other(vary.substr(0, vary.find('=')), "--vary " + vary);
    std::vector<std::uint64_t> seeds(*count);
    std::iota(seeds.begin(), seeds.end(), std::uint64_t{1});
    return seeds;
}

MachineConfig seeded(MachineConfig config, std::uint64_t seed) {
    config.kernel.seed = seed;
    config.mmu.replacement_seed = seed;
    return config;
}

RunRequest request_of(const DataFiles& files, const Work& work, const Arguments& arguments, const MachineConfig& config) {
    return work.program ? make_program_request(files, config, *work.program)
                        : make_request(files, config, *work.workload, arguments);
}

// One set of arguments: all its runs, round after round.
void add_requests(std::vector<RunRequest>& requests, const std::vector<RunRequest>& first_round,
                  const Repetitions& repetitions) {
    requests.insert(requests.end(), first_round.begin(), first_round.end());
    for (std::size_t i = 1; i < repetitions.seeds.size(); ++i) {
        for (auto request : first_round) {
            request.config = seeded(request.config, repetitions.seeds[i]);
            requests.push_back(std::move(request));
        }
    }
    if (!repetitions.ranges) return;
    for (const auto& [end, name] : {std::pair{EstimateEnd::Low, ", estimates low"}, {EstimateEnd::High, ", estimates high"}}) {
        for (auto request : first_round) {
            request.name += name;
            request.config.timing = request.config.timing.with_estimates_at(end);
            requests.push_back(std::move(request));
        }
    }
}

std::vector<RunRequest> make_requests(const DataFiles& files, const ComparisonPlan& plan, const Work& work,
                                      const Arguments& probes, const Repetitions& repetitions) {
    std::vector<RunRequest> requests;
    for (const auto& arguments : work.sets) {
        std::vector<RunRequest> first_round;
        for (const auto& configuration : plan.configurations) {
            auto config = make_config(files, configuration.sources);
            if (!repetitions.seeds.empty()) config = seeded(config, repetitions.seeds.front());
            first_round.push_back(request_of(files, work, arguments, config));
            first_round.back().name = configuration.name;
            first_round.back().probes = probes;
        }
        add_requests(requests, first_round, repetitions);
    }
    return requests;
}

using Results = std::vector<RunResult>;

// The runs of one comparison, `round` by round.
Comparison comparison_of(const std::vector<Results>& rounds, const ComparisonPlan& plan, const Repetitions& repetitions) {
    const auto& first = rounds.front().front();
    const auto arguments = first.workload_args.empty() ? "" : " " + first.workload_args;
    Comparison comparison{first.workload + arguments, rounds.front(), plan.differences, plan.same_work_from};
    const std::size_t seeds = rounds.size() - (repetitions.ranges ? 2 : 0);
    comparison.further_seeds.assign(rounds.begin() + 1, rounds.begin() + static_cast<std::ptrdiff_t>(seeds));
    if (!repetitions.ranges) return comparison;
    comparison.at_low = rounds[seeds];
    comparison.at_high = rounds[seeds + 1];
    return comparison;
}

// `results` are those of make_requests(), in its order.
std::vector<Comparison> group(Results results, const ComparisonPlan& plan, const Repetitions& repetitions) {
    std::vector<Comparison> comparisons;
    std::vector<Results> rounds;
    Results round;
    for (auto& result : results) {
        round.push_back(std::move(result));
        if (round.size() == plan.configurations.size()) rounds.push_back(std::exchange(round, Results{}));
        if (rounds.size() != repetitions.rounds()) continue;
        comparisons.push_back(comparison_of(rounds, plan, repetitions));
        rounds.clear();
    }
    return comparisons;
}

// Functional mode has no cycles, hence no range of them.
bool wants_ranges(const DataFiles& files, const CommandLine& line) {
    return !line.has("no-ranges") && make_config(files, line.config).mode == Mode::Cycle;
}

bool is_good(const Comparison& comparison) {
    return incomparable(comparison).empty() && std::all_of(comparison.runs.begin(), comparison.runs.end(), succeeded);
}

int compare(const CommandLine& line) {
    const auto files = DataFiles::locate(line.option("data"));
    const Manifest manifest{files};
    const auto work = make_work(manifest, line);
    const auto plan = make_plan(files, line);
    const Repetitions repetitions{chosen_seeds(line), wants_ranges(files, line)};
    auto requests = make_requests(files, plan, work, line.probes, repetitions);
    for (auto& request : requests) request.check = check_request(line);
    JsonOutput json{line};

    auto results = run_all(requests, stop_on_interrupt());
    bool right = true;
    for (auto& result : results) right = (work.program || check_checksum(result, *work.workload)) && right;
    std::cout << report_limits(results.front()) << "\n";
    const auto comparisons = group(std::move(results), plan, repetitions);
    for (const auto& comparison : comparisons) {
        std::cout << report_comparison(comparison) << "\n";
        for (const auto& run : comparison.runs) print_console_of_failure(run);
        right = right && is_good(comparison);
    }
    std::cout << std::flush;
    json.write(comparison_document(line.typed, comparisons));
    return right ? kDone : kGuestFailed;
}

}  // namespace

Subcommand compare_subcommand() {
    Subcommand s{
        "compare",
        "WORKLOAD [-- KEY=VALUE ...] | --program FILE [-- ARGUMENT ...]",
        "Runs one workload, or a program of yours, under several configurations and prints them side by side.",
        "Without --vary these are: 4k (no folios), folios (contpte compiled out), contpte-nohint (contpte, but the\n"
        "TLB ignores the Contiguous bit) and contpte (the core's profile as it is).",
        {"Options"},
        compare};
    add_common_options(s.options);
    add_measuring_options(s.options);
    add_check_options(s.options);
    add_program_options(s.options);
    const auto value = [](const char* name) { return boost::program_options::value<std::string>()->value_name(name); };
    auto add = s.options.add_options();
    add("vary", value("KEY=A,B,.."), "compare the values of one key instead");
    add("seeds", value("N"),
        "run everything with seeds 1 to N, which move the order of free memory, the stack and random replacement; print means, "
        "and differences paired by seed with their 95 % interval");
    add("no-ranges", "do not run again with the core's estimated figures at their low and high ends (a third of the time)");
    return s;
}

}  // namespace emu::app
