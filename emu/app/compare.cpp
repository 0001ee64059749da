// foldwalk compare: one workload or program under several configurations, side by side.
#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>
#include <optional>

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

std::vector<RunRequest> make_requests(const DataFiles& files, const ComparisonPlan& plan, const Work& work,
                                      const Arguments& probes) {
    std::vector<RunRequest> requests;
    for (const auto& arguments : work.sets) {
        for (const auto& configuration : plan.configurations) {
            const auto config = make_config(files, configuration.sources);
            requests.push_back(work.program ? make_program_request(files, config, *work.program)
                                            : make_request(files, config, *work.workload, arguments));
            requests.back().name = configuration.name;
            requests.back().probes = probes;
        }
    }
    return requests;
}

// `results` are those of make_requests(), in its order.
std::vector<Comparison> group(std::vector<RunResult> results, const ComparisonPlan& plan) {
    std::vector<Comparison> comparisons;
    const auto per_set = plan.configurations.size();
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (i % per_set == 0) {
            const auto& first = results[i];
            const auto arguments = first.workload_args.empty() ? "" : " " + first.workload_args;
            comparisons.push_back({first.workload + arguments, {}, plan.differences, plan.same_work_from});
        }
        comparisons.back().runs.push_back(std::move(results[i]));
    }
    return comparisons;
}

bool is_good(const Comparison& comparison) {
    return incomparable(comparison).empty() && std::all_of(comparison.runs.begin(), comparison.runs.end(), succeeded);
}

int compare(const CommandLine& line) {
    const auto files = DataFiles::locate(line.option("data"));
    const Manifest manifest{files};
    const auto work = make_work(manifest, line);
    const auto plan = make_plan(files, line);
    const auto requests = make_requests(files, plan, work, line.probes);
    JsonOutput json{line};

    auto results = run_all(requests, stop_on_interrupt());
    bool right = true;
    for (auto& result : results) right = (work.program || check_checksum(result, *work.workload)) && right;
    std::cout << report_limits(results.front()) << "\n";
    const auto comparisons = group(std::move(results), plan);
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
    add_program_options(s.options);
    s.options.add_options()("vary", boost::program_options::value<std::string>()->value_name("KEY=A,B,.."),
                            "compare the values of one key instead");
    return s;
}

}  // namespace emu::app
