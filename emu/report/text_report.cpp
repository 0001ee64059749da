#include "emu/report/text_report.h"

#include <algorithm>

#include "emu/report/metrics.h"
#include "emu/report/number_format.h"
#include "emu/report/phases.h"
#include "emu/report/price_list.h"
#include "emu/report/text_table.h"

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
    if (run.complete && !succeeded(run))
        text +=
            "   FAILED " + run.name + ": the guest's init exited with status " + std::to_string(run.exit_status) + "\n";
    for (const auto& warning : run.warnings) text += "   warning, " + run.name + ": " + warning + "\n";
    if (!run.program) return text;
    for (const auto& call : run.program->not_built) text += "   warning, " + run.name + ": " + not_built_text(call) + "\n";
    return text;
}

// Phases of every run, by the names of all runs in order of first appearance.
struct PhaseMatrix {
    std::vector<std::string> names;
    std::vector<std::vector<PhaseResult>> by_run;

    explicit PhaseMatrix(const std::vector<RunResult>& runs) {
        for (const auto& run : runs) by_run.push_back(phases_of_interest(run));
        for (const auto& phases : by_run)
            for (const auto& phase : phases)
                if (std::find(names.begin(), names.end(), phase.name) == names.end()) names.push_back(phase.name);
    }
    [[nodiscard]] std::vector<const PhaseResult*> of(const std::string& name) const {
        std::vector<const PhaseResult*> row;
        for (const auto& phases : by_run) {
            const auto at = std::find_if(phases.begin(), phases.end(), [&](const auto& p) { return p.name == name; });
            row.push_back(at == phases.end() ? nullptr : &*at);
        }
        return row;
    }
};

std::string phase_table(const std::string& name, const PhaseMatrix& matrix, const Comparison& comparison) {
    std::vector<std::string> headings{"phase " + name};
    for (const auto& run : comparison.runs) headings.push_back(run.name);
    for (const auto& difference : comparison.differences) headings.push_back(difference.name);

    TextTable table{headings};
    for (const auto& row : metric_rows(matrix.of(name))) {
        if (row.starts_group) table.add_rule();
        std::vector<std::string> cells{row.label};
        for (const auto& value : row.values) cells.push_back(fixed(value, row.decimals));
        const auto difference = row.is_share ? change_in_points : change;
        for (const auto& d : comparison.differences) cells.push_back(difference(row.values[d.from], row.values[d.to]));
        table.add_row(std::move(cells));
    }
    return table.to_string();
}

std::string legend(const Comparison& comparison) {
    std::string text;
    for (const auto& d : comparison.differences)
        text += (text.empty() ? "   Differences in per cent of the first: " : "; ") + d.name + " = " +
                comparison.runs[d.from].name + " -> " + comparison.runs[d.to].name;
    return text.empty() ? text : text + ".\n";
}

std::string phase_tables(const Comparison& comparison) {
    const PhaseMatrix matrix{comparison.runs};
    std::string text;
    for (const auto& name : matrix.names) text += "\n" + phase_table(name, matrix, comparison);
    if (matrix.names.empty()) text += "\n   No phase of interest was reached.\n";
    return text;
}

std::string verdict(const Comparison& comparison) {
    std::string text;
    for (const auto& reason : incomparable(comparison)) text += "   NOT COMPARABLE: " + reason + "\n";
    return text;
}

std::string body(const Comparison& comparison) {
    std::string text = phase_tables(comparison);
    for (const auto& table : {price_list(comparison.runs), cycles_by_cause(comparison.runs)})
        if (!table.empty()) text += "\n" + table;
    return text;
}

}  // namespace

std::string report_limits(const RunResult& run) {
    std::string text;
    for (const auto& phrase : run.lacks) text += "   " + phrase + "\n";
    return text.empty() ? text : "Limits of these figures:\n" + text;
}

std::string report_run(const RunResult& run) {
    const Comparison alone{run.workload, {run}, {}, 1};
    const auto title = run.workload_args.empty() ? run.workload : run.workload + " " + run.workload_args;
    return heading(title, run) + problems_of(run) + body(alone);
}

std::string report_comparison(const Comparison& comparison) {
    if (comparison.runs.empty()) return "";
    std::string text = heading(comparison.title, comparison.runs.front());
    for (const auto& run : comparison.runs) text += problems_of(run);
    return text + verdict(comparison) + legend(comparison) + body(comparison);
}

}  // namespace emu
