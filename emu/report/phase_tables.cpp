#include "emu/report/phase_tables.h"

#include <algorithm>
#include <cmath>

#include "emu/report/number_format.h"
#include "emu/report/phases.h"
#include "emu/report/text_table.h"

namespace emu {
namespace {

using Runs = std::vector<RunResult>;

std::vector<std::string> phase_names(const Runs& runs) {
    std::vector<std::string> names;
    for (const auto& run : runs)
        for (const auto& phase : phases_of_interest(run))
            if (std::find(names.begin(), names.end(), phase.name) == names.end()) names.push_back(phase.name);
    return names;
}

// The rows of one phase of one list of runs.
std::vector<MetricRow> rows_of(const Runs& runs, const std::string& name) {
    std::vector<std::vector<PhaseResult>> by_run;
    for (const auto& run : runs) by_run.push_back(phases_of_interest(run));
    std::vector<const PhaseResult*> phases;
    for (const auto& list : by_run) {
        const auto at = std::find_if(list.begin(), list.end(), [&](const auto& p) { return p.name == name; });
        phases.push_back(at == list.end() ? nullptr : &*at);
    }
    return metric_rows(phases);
}

// Rows have their label from what was counted (callers, outcomes), so a seed may lack one.
const MetricRow* find_row(const std::vector<MetricRow>& rows, const std::string& label) {
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.label == label; });
    return at == rows.end() ? nullptr : &*at;
}

using Values = std::vector<std::optional<double>>;

Values values_at(const Runs& runs, const std::string& phase, const std::string& label) {
    if (runs.empty()) return {};
    const auto rows = rows_of(runs, phase);
    const auto* row = find_row(rows, label);
    return row == nullptr ? Values{} : row->values;
}

bool all_counted(const Values& values) {
    return std::all_of(values.begin(), values.end(), [](const auto& v) { return v.has_value(); });
}

void take_means(ComparedRow& row) {
    for (std::size_t run = 0; run < row.mean.values.size(); ++run) {
        double sum = 0;
        for (const auto& values : row.by_seed) sum += values[run];
        row.mean.values[run] = sum / static_cast<double>(row.by_seed.size());
    }
}

// Fills by_seed from the rows of every seed; nothing where one of them does not count the figure.
void take_seeds(ComparedRow& row, const std::vector<std::vector<MetricRow>>& seeds) {
    for (const auto& rows : seeds) {
        const auto* same = find_row(rows, row.mean.label);
        if (same == nullptr || !all_counted(same->values)) return row.by_seed.clear();
        row.by_seed.emplace_back();
        for (const auto& value : same->values) row.by_seed.back().push_back(*value);
    }
    if (!row.by_seed.empty()) take_means(row);
}

ComparedPhase compared_phase(const std::string& name, const Comparison& comparison) {
    std::vector<std::vector<MetricRow>> seeds;
    for (const auto* runs : comparison.complete_seeds()) seeds.push_back(rows_of(*runs, name));
    ComparedPhase phase{name, {}};
    for (const auto& row : rows_of(comparison.runs, name)) {
        phase.rows.push_back({row, {}, {}, {}});
        take_seeds(phase.rows.back(), seeds);
        phase.rows.back().at_low = values_at(comparison.at_low, name, row.label);
        phase.rows.back().at_high = values_at(comparison.at_high, name, row.label);
    }
    return phase;
}

constexpr const char* kNoDifference = "no difference";

std::string seeded_change(const ComparedRow& row, const Difference& d) {
    const auto interval = row.change(d);
    const auto from = row.mean.values[d.from];
    if (!interval || !from || (*from == 0 && !row.mean.is_share)) return "-";
    if (interval->contains_zero()) return kNoDifference;
    const double scale = row.mean.is_share ? 1 : 100 / *from;
    return signed_fixed(interval->mean * scale, 1) + " +-" + fixed((interval->high - interval->mean) * std::abs(scale), 1) +
           (row.mean.is_share ? " pt" : " %");
}

std::string change_of(const ComparedRow& row, const Difference& d, bool seeded) {
    const auto in_single_run = row.mean.is_share ? change_in_points : change;
    const auto text = seeded ? seeded_change(row, d) : in_single_run(row.mean.values[d.from], row.mean.values[d.to]);
    return text != kNoDifference && row.sign_is_uncertain(d) ? text + " ?" : text;
}

// The same figure with the estimates at one end.
void add_end(TextTable& table, const std::string& label, const Values& values, const ComparedRow& row,
             const Comparison& comparison) {
    if (values.empty() || (row.at_low == row.mean.values && row.at_high == row.mean.values)) return;
    std::vector<std::string> cells{label};
    for (const auto& value : values) cells.push_back(fixed(value, row.mean.decimals));
    for (const auto& d : comparison.differences) cells.push_back(change(values[d.from], values[d.to]));
    table.add_row(std::move(cells));
}

void add_row(TextTable& table, const ComparedRow& row, const Comparison& comparison) {
    if (row.mean.starts_group) table.add_rule();
    const bool seeded = !comparison.further_seeds.empty();
    std::vector<std::string> cells{row.mean.label};
    for (const auto& value : row.mean.values) cells.push_back(fixed(value, row.mean.decimals));
    for (const auto& d : comparison.differences)
        cells.push_back(change_of(row, d, seeded));
    table.add_row(std::move(cells));
    if (!row.mean.shows_range) return;
    add_end(table, "  estimates low", row.at_low, row, comparison);
    add_end(table, "  estimates high", row.at_high, row, comparison);
}

std::string phase_table(const ComparedPhase& phase, const Comparison& comparison) {
    std::vector<std::string> headings{"phase " + phase.name};
    for (const auto& run : comparison.runs) headings.push_back(run.name);
    for (const auto& difference : comparison.differences) headings.push_back(difference.name);
    TextTable table{headings};
    for (const auto& row : phase.rows) add_row(table, row, comparison);
    return table.to_string();
}

int sign_of_change(const Values& values, const Difference& d) {
    if (values.empty() || !values[d.from] || !values[d.to]) return 0;
    return (*values[d.to] > *values[d.from]) - (*values[d.to] < *values[d.from]);
}

}  // namespace

std::optional<MeanInterval> ComparedRow::change(const Difference& d) const {
    if (by_seed.empty()) return std::nullopt;
    std::vector<double> changes;
    for (const auto& values : by_seed) changes.push_back(values[d.to] - values[d.from]);
    return mean_interval(changes);
}

bool ComparedRow::sign_is_uncertain(const Difference& d) const {
    if (at_low.empty() || at_high.empty()) return false;
    const int sign = sign_of_change(mean.values, d);
    return sign_of_change(at_low, d) != sign || sign_of_change(at_high, d) != sign;
}

std::vector<ComparedPhase> compared_phases(const Comparison& comparison) {
    std::vector<ComparedPhase> phases;
    for (const auto& name : phase_names(comparison.runs)) phases.push_back(compared_phase(name, comparison));
    return phases;
}

std::string phase_tables(const Comparison& comparison) {
    const auto phases = compared_phases(comparison);
    std::string text;
    for (const auto& phase : phases) text += "\n" + phase_table(phase, comparison);
    if (phases.empty()) text += "\n   No phase of interest was reached.\n";
    return text;
}

}  // namespace emu
