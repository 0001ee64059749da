#include "emu/report/cpi_stack.h"

#include <algorithm>

#include "emu/report/fold_counts.h"
#include "emu/report/number_format.h"
#include "emu/report/phases.h"
#include "emu/report/text_table.h"

namespace emu {
namespace {

constexpr double kShownShare = 1.0;  // per cent of all cycles that a cause must have for a column of its own

NamedCounts causes_of(const RunResult& run) {
    NamedCounts causes;
    for (const auto& row : run.ledger) add_count(causes, row.cause, row.cycles);
    return causes;
}

std::uint64_t total_of(const NamedCounts& counts) {
    std::uint64_t total = 0;
    for (const auto& [unused, n] : counts) total += n;
    return total;
}

NamedCounts largest_first(NamedCounts counts) {
    std::stable_sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::erase_if(counts, [](const auto& c) { return c.second == 0; });
    return counts;
}

// Those that took the cycles: all, but for a sample and what was fast-forwarded.
std::uint64_t instructions_of(const RunResult& run) { return all_of_interest(run).timed_instructions; }

std::optional<double> percent(std::uint64_t part, std::uint64_t whole) {
    const auto share = ratio(part, whole);
    return share ? std::optional{*share * 100} : std::nullopt;
}

// Cycles of one function by cause.
struct FunctionCosts {
    std::string name;
    std::uint64_t cycles{0};
    NamedCounts causes;
};

std::vector<FunctionCosts> functions_of(const RunResult& run) {
    std::vector<FunctionCosts> functions;
    for (const auto& row : run.ledger) {
        const auto same = [&](const FunctionCosts& f) { return f.name == row.function; };
        auto at = std::find_if(functions.begin(), functions.end(), same);
        if (at == functions.end()) at = functions.insert(at, FunctionCosts{row.function, 0, {}});
        at->cycles += row.cycles;
        add_count(at->causes, row.cause, row.cycles);
    }
    std::stable_sort(functions.begin(), functions.end(), [](const auto& a, const auto& b) { return a.cycles > b.cycles; });
    return functions;
}

FunctionCosts sum_of(const std::vector<FunctionCosts>& functions, std::size_t first) {
    FunctionCosts sum{std::to_string(functions.size() - first) + " others", 0, {}};
    for (std::size_t i = first; i < functions.size(); ++i) {
        sum.cycles += functions[i].cycles;
        for (const auto& [cause, n] : functions[i].causes) add_count(sum.causes, cause, n);
    }
    return sum;
}

// The causes with columns; what the others took is a column too.
std::vector<std::string> shown_causes(const RunResult& run) {
    const auto causes = largest_first(causes_of(run));
    std::vector<std::string> shown;
    for (const auto& [cause, n] : causes)
        if (*percent(n, total_of(causes)) >= kShownShare) shown.push_back(cause);
    return shown;
}

std::vector<std::string> function_cells(const FunctionCosts& f, const RunResult& run, const std::vector<std::string>& causes,
                                        std::uint64_t all) {
    std::vector<std::string> cells{f.name, grouped(f.cycles), fixed(percent(f.cycles, all), 1)};
    if (!run.ledger_instructions.empty()) {
        const auto instructions = count_of(run.ledger_instructions, f.name);
        cells.push_back(instructions == 0 ? "-" : grouped(instructions));
        cells.push_back(fixed(ratio(f.cycles, instructions), 2));
    }
    std::uint64_t rest = f.cycles;
    for (const auto& cause : causes) {
        const auto cycles = count_of(f.causes, cause);
        rest -= cycles;
        cells.push_back(fixed(percent(cycles, f.cycles), 1));
    }
    cells.push_back(fixed(percent(rest, f.cycles), 1));
    return cells;
}

}  // namespace

std::string cpi_stack(const std::vector<RunResult>& runs) {
    NamedCounts names;
    std::vector<NamedCounts> by_run;
    for (const auto& run : runs) by_run.push_back(causes_of(run));
    for (const auto& causes : by_run)
        for (const auto& [name, n] : causes) add_count(names, name, n);
    if (total_of(names) == 0) return "";

    const bool with_shares = runs.size() == 1;
    std::vector<std::string> headings{"cycles per instruction"};
    for (const auto& run : runs) headings.push_back(run.name);
    if (with_shares) headings.emplace_back("%");
    TextTable table{headings};
    const auto add = [&](const std::string& label, auto value) {
        std::vector<std::string> cells{label};
        for (std::size_t i = 0; i < runs.size(); ++i) cells.push_back(fixed(ratio(value(by_run[i]), instructions_of(runs[i])), 3));
        if (with_shares) cells.push_back(fixed(percent(value(by_run[0]), total_of(by_run[0])), 1));
        table.add_row(std::move(cells));
    };
    for (const auto& [name, unused] : largest_first(names)) add(name, [&key = name](const NamedCounts& c) { return count_of(c, key); });
    add("sum", total_of);
    return table.to_string();
}

std::string cycles_by_function(const RunResult& run, std::size_t most) {
    const auto functions = functions_of(run);
    const auto causes = shown_causes(run);
    if (functions.empty()) return "";
    std::vector<std::string> headings{"cycles by function", "cycles", "%"};
    if (!run.ledger_instructions.empty())
        for (const auto* name : {"instructions", "CPI"}) headings.emplace_back(name);
    for (const auto& cause : causes) headings.push_back(cause);
    headings.emplace_back("other");
    TextTable table{headings};
    const auto all = total_of(causes_of(run));
    for (std::size_t i = 0; i < std::min(most, functions.size()); ++i) table.add_row(function_cells(functions[i], run, causes, all));
    if (functions.size() > most) table.add_row(function_cells(sum_of(functions, most), run, causes, all));
    return table.to_string();
}

}  // namespace emu
