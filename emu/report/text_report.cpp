#include "emu/report/text_report.h"

#include "emu/report/check_report.h"
#include "emu/report/cost_histograms.h"
#include "emu/report/cpi_stack.h"
#include "emu/report/miss_table.h"
#include "emu/report/number_format.h"
#include "emu/report/phase_tables.h"
#include "emu/report/price_list.h"
#include "emu/report/sampling.h"

namespace emu {
namespace {

std::string config_value(const RunResult& run, std::string_view key) {
    for (const auto& [name, value] : run.config)
        if (name == key) return value;
    return "?";
}

std::string end_of(const ProgramResult& program) {
    if (program.signal != 0) return "killed by signal " + std::to_string(program.signal);
    return "exit status " + std::to_string(program.exit_code);
}

std::string not_built_text(const NotBuiltCall& call) {
    const std::string name = call.name.empty() ? "" : " (" + call.name + ")";
    return "system call " + std::to_string(call.number) + name + " not built: " + std::to_string(call.calls) +
           (call.calls == 1 ? " call" : " calls");
}

// A wait status, as wait4() gives it.
std::string end_of(std::uint64_t wait_status) {
    const auto signal = wait_status & 0x7f;
    return signal != 0 ? "was killed by signal " + std::to_string(signal) : "exited with status " + std::to_string(wait_status >> 8 & 0xff);
}

// What was run, and with which result.
std::string heading(const std::string& title, const RunResult& run) {
    std::string text =
        "== " + title + " on " + config_value(run, "core.profile") + ", " + config_value(run, "machine.mode") + " mode";
    if (run.checksum) text += ", checksum " + hex64(*run.checksum);
    if (run.program) text += ", " + end_of(*run.program);
    text += "\n";
    if (run.trace) text += "   First touches and kernel only: not the program's TLB misses.\n";
    return text;
}

std::string problems_of(const RunResult& run) {
    std::string text;
    if (!run.complete) text += "   INCOMPLETE " + run.name + ": " + run.stop_reason + "\n";
    if (run.complete && run.exit_status != 0 && !run.program)
        text +=
            "   FAILED " + run.name + ": the guest's init " + end_of(run.exit_status) + "\n";
    for (const auto& warning : run.warnings) text += "   warning, " + run.name + ": " + warning + "\n";
    if (run.check) text += check_report(*run.check, run.name);
    if (!run.program) return text;
    for (const auto& call : run.program->not_built) text += "   warning, " + run.name + ": " + not_built_text(call) + "\n";
    return text;
}

std::string legend(const Comparison& comparison) {
    std::string text;
    for (const auto& d : comparison.differences)
        text += (text.empty() ? "   Differences in per cent of the first: " : "; ") + d.name + " = " +
                comparison.runs[d.from].name + " -> " + comparison.runs[d.to].name;
    if (!text.empty()) text += ".\n";
    const auto seeds = 1 + comparison.further_seeds.size();
    const auto complete = comparison.complete_seeds().size();
    if (seeds > 1 && complete == 0) text += "   No seed is complete: figures are those of the first.\n";
    else if (seeds > 1)
        text += "   Figures are means of " + (complete == seeds ? "" : std::to_string(complete) + " of ") + std::to_string(seeds) +
                " seeds; differences are paired by seed, with their 95 % interval. \"no difference\": it contains 0.\n" +
                "   Prices of calls and causes are those of the first seed.\n";
    if (!comparison.at_low.empty())
        text += "   [low-high] and rows \"estimates low\", \"estimates high\": every estimated figure of the core at that end.\n" +
                std::string{"   \"?\" marks a difference whose sign is not the same at both ends.\n"};
    return text;
}

std::string verdict(const Comparison& comparison) {
    std::string text;
    for (const auto& reason : incomparable(comparison)) text += "   NOT COMPARABLE: " + reason + "\n";
    return text;
}

std::string body(const Comparison& comparison) {
    std::string text = phase_tables(comparison);
    for (const auto& table :
         {sample_table(comparison.runs), price_list(comparison), misses_by_class(comparison.runs), cpi_stack(comparison.runs)})
        if (!table.empty()) text += "\n" + table;
    return text;
}

std::string details_of(const RunResult& run, const ReportDetail& detail) {
    std::string text;
    for (const auto& table : {detail.miss_regions ? misses_by_region(run) : "",
                              detail.functions != 0 ? cycles_by_function(run, detail.functions) : "",
                              detail.histograms ? cost_histograms(run) : ""})
        if (!table.empty()) text += "\n" + table;
    return text;
}

}  // namespace

std::string report_limits(const RunResult& run) {
    std::string text;
    for (const auto& phrase : run.lacks) text += "   " + phrase + "\n";
    return text.empty() ? text : "Limits of these figures:\n" + text;
}

std::string report_run(const RunResult& run, const ReportDetail& detail) {
    const Comparison alone{run.workload, {run}, {}, 1};
    const auto title = run.workload_args.empty() ? run.workload : run.workload + " " + run.workload_args;
    return heading(title, run) + problems_of(run) + body(alone) + details_of(run, detail);
}

std::string report_comparison(const Comparison& comparison) {
    if (comparison.runs.empty()) return "";
    std::string text = heading(comparison.title, comparison.runs.front());
    for (const auto& run : comparison.runs) text += problems_of(run);
    return text + verdict(comparison) + legend(comparison) + body(comparison);
}

}  // namespace emu
