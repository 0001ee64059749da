#include "emu/report/price_list.h"

#include <algorithm>

#include "emu/report/fold_counts.h"
#include "emu/report/number_format.h"
#include "emu/report/text_table.h"

namespace emu {
namespace {

struct RowName {
    std::string operation;
    std::string outcome;  // empty: all calls
    bool operator==(const RowName&) const = default;
};
using RowNames = std::vector<RowName>;

bool is_timed(const std::vector<RunResult>& runs) {
    for (const auto& run : runs)
        for (const auto& cost : run.costs)
            if (cost.cycles.total != 0) return true;
    return false;
}

bool knows_linux(const std::vector<RunResult>& runs) {
    for (const auto& run : runs)
        for (const auto& cost : run.costs)
            if (cost.linux_instructions) return true;
    return false;
}

RowNames names_in_order_seen(const std::vector<RunResult>& runs) {
    RowNames names;
    for (const auto& run : runs) {
        for (const auto& cost : run.costs) {
            RowName name{cost.operation, cost.outcome};
            if (cost.count != 0 && std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(std::move(name));
        }
    }
    return names;
}

// All rows of one operation; without the sum where every call had the same outcome.
RowNames rows_of(const std::string& operation, const RowNames& names) {
    RowNames rows;
    for (const auto& name : names)
        if (name.operation == operation) rows.push_back(name);
    if (rows.size() == 2) std::erase(rows, RowName{operation, ""});
    return rows;
}

// Outcomes stand below their operation, wherever a later run has added one.
RowNames row_names(const std::vector<RunResult>& runs) {
    const auto names = names_in_order_seen(runs);
    RowNames ordered;
    for (const auto& name : names) {
        const auto is_same = [&](const RowName& other) { return other.operation == name.operation; };
        if (std::any_of(ordered.begin(), ordered.end(), is_same)) continue;
        for (auto& row : rows_of(name.operation, names)) ordered.push_back(std::move(row));
    }
    return ordered;
}

std::string label_of(const RowNames& names, std::size_t i) {
    const auto& [operation, outcome] = names[i];
    if (outcome.empty()) return operation;
    const bool below_its_operation = i != 0 && names[i - 1].operation == operation;
    return below_its_operation ? "  " + outcome : operation + ": " + outcome;
}

const OperationCost* find_cost(const RunResult& run, const RowName& name) {
    for (const auto& cost : run.costs)
        if (cost.operation == name.operation && cost.outcome == name.outcome && cost.count != 0) return &cost;
    return nullptr;
}

std::string mean_of(std::uint64_t total, std::uint64_t count) {
    return fixed(ratio(total, count), 1);
}

bool knows_refills(const std::vector<RunResult>& runs) {
    for (const auto& run : runs)
        for (const auto& cost : run.costs)
            if (cost.refills_caused && cost.refills_caused->misses != decltype(cost.refills_caused->misses){}) return true;
    return false;
}

struct Columns {
    bool timed;
    bool linux_known;
    bool refills_known;
};

std::vector<std::string> headings(Columns columns) {
    std::vector<std::string> names{"price of one call", "run", "count"};
    if (columns.timed)
        for (const auto* name : {"cycles", "self", "p50", "p99", "max"}) names.emplace_back(name);
    for (const auto* name : {"instructions", "loads", "stores", "TLBIs"}) names.emplace_back(name);
    if (columns.timed) names.emplace_back("DSB cycles");
    if (columns.refills_known)
        for (const auto* name : {"refills after", "their walk cycles"}) names.emplace_back(name);
    if (columns.linux_known) names.emplace_back("Linux instr.");
    return names;
}

// "774.6 [510.2-1,402.0]"; the bare mean where no range was taken or the estimates do not move it.
std::string price_of(const OperationCost& cost, const OperationCost* low, const OperationCost* high) {
    const std::string mid = mean_of(cost.cycles.total, cost.count);
    if (low == nullptr || high == nullptr) return mid;
    const std::string from = mean_of(low->cycles.total, low->count);
    const std::string to = mean_of(high->cycles.total, high->count);
    return from == to ? mid : mid + " [" + from + "-" + to + "]";
}

std::vector<std::string> cells_of(const std::string& label, const RunResult& run, const OperationCost& cost,
                                  const std::string& price, Columns columns) {
    std::vector<std::string> cells{label, run.name, grouped(cost.count)};
    if (columns.timed) {
        cells.push_back(price);
        cells.push_back(mean_of(cost.self_cycles, cost.count));
        for (const auto n : {cost.cycles.p50, cost.cycles.p99, cost.cycles.max}) cells.push_back(grouped(n));
    }
    for (const auto total : {cost.instructions, cost.loads, cost.stores, cost.tlbis})
        cells.push_back(mean_of(total, cost.count));
    if (columns.timed) cells.push_back(mean_of(cost.dsb_cycles, cost.count));
    if (columns.refills_known) {
        const auto& refills = cost.refills_caused;
        cells.push_back(refills ? mean_of(refills->misses[0] + refills->misses[1], cost.count) : "-");
        cells.push_back(refills ? mean_of(refills->walk_cycles, cost.count) : "-");
    }
    if (columns.linux_known) cells.push_back(cost.linux_instructions ? grouped(*cost.linux_instructions) : "-");
    return cells;
}

}  // namespace

std::string price_list(const Comparison& comparison) {
    const auto& runs = comparison.runs;
    const auto names = row_names(runs);
    if (names.empty()) return "";
    const Columns columns{is_timed(runs), knows_linux(runs), knows_refills(runs)};
    TextTable table{headings(columns)};
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::string label = label_of(names, i);
        const auto at_end = [&](const std::vector<RunResult>& end, std::size_t run) {
            return end.empty() ? nullptr : find_cost(end[run], names[i]);
        };
        for (std::size_t run = 0; run < runs.size(); ++run) {
            const auto* cost = find_cost(runs[run], names[i]);
            if (cost == nullptr) continue;
            const auto price = price_of(*cost, at_end(comparison.at_low, run), at_end(comparison.at_high, run));
            table.add_row(cells_of(label, runs[run], *cost, price, columns));
            label.clear();
        }
    }
    return table.to_string();
}

}  // namespace emu
