#include "emu/report/cost_histograms.h"

#include <algorithm>

#include "emu/report/number_format.h"
#include "emu/report/text_table.h"

namespace emu {
namespace {

constexpr std::uint64_t kBarWidth = 40;

std::string range_of(std::uint64_t first) {
    return first < 2 ? grouped(first) : grouped(first) + "-" + grouped(2 * first - 1);
}

std::string bar_of(std::uint64_t calls, std::uint64_t most) {
    const auto width = std::max<std::uint64_t>(1, calls * kBarWidth / most);
    return std::string(width, '#') + std::string(kBarWidth - width, ' ');
}

// Powers of two without calls are shown too: a gap is to be seen.
std::string histogram_of(const OperationCost& cost) {
    std::uint64_t most = 1;
    for (const auto& [first, calls] : cost.histogram) most = std::max(most, calls);
    TextTable table{{cost.operation + ", cycles of a call", "calls", "share of the most frequent"}};
    const auto calls_at = [&](std::uint64_t first) {
        const auto at = std::find_if(cost.histogram.begin(), cost.histogram.end(), [&](const auto& b) { return b.first == first; });
        return at == cost.histogram.end() ? 0 : at->second;
    };
    const auto last = cost.histogram.back().first;
    for (auto first = cost.histogram.front().first;; first = std::max<std::uint64_t>(1, 2 * first)) {
        const auto calls = calls_at(first);
        table.add_row({"  " + range_of(first), grouped(calls), calls == 0 ? std::string(kBarWidth, ' ') : bar_of(calls, most)});
        if (first == last) break;
    }
    return table.to_string();
}

}  // namespace

std::string cost_histograms(const RunResult& run) {
    std::string text;
    for (const auto& cost : run.costs) {
        const bool has_sum_row = std::any_of(run.costs.begin(), run.costs.end(),
                                             [&](const auto& c) { return c.operation == cost.operation && c.outcome.empty(); });
        if (cost.histogram.empty() || cost.cycles.total == 0 || (has_sum_row && !cost.outcome.empty())) continue;
        text += (text.empty() ? "" : "\n") + histogram_of(cost);
    }
    return text;
}

}  // namespace emu
