#include "emu/report/sampling.h"

#include "emu/report/number_format.h"
#include "emu/report/text_table.h"

namespace emu {
namespace {

using mmu::Event;

struct Rate {
    const char* label;
    const char* key;
    Event event;
};
constexpr Rate kMisses[] = {{"L1D TLB refills", "l1d_tlb_refills", Event::L1D_TLB_REFILL},
                            {"L2 TLB refills", "l2_tlb_refills", Event::L2D_TLB_REFILL},
                            {"L1D refills", "l1d_refills", Event::L1D_CACHE_REFILL},
                            {"L2 refills", "l2_refills", Event::L2D_CACHE_REFILL},
                            {"last level misses", "llc_misses", Event::LL_CACHE_MISS_RD},
                            {"wrong predictions", "branch_mispredictions", Event::BR_MIS_PRED}};

// Events per `instructions` instructions.
MeanInterval rate_of(const Sample& sample, Event event, double instructions) {
    std::vector<double> by_unit;
    for (const auto& unit : sample.units)
        by_unit.push_back(static_cast<double>(unit[event]) * instructions / static_cast<double>(sample.unit));
    return mean_interval(by_unit);
}

std::string text_of(const SampledFigure& figure) {
    return fixed(figure.value.mean, figure.decimals) + " +-" + fixed(figure.value.high - figure.value.mean, figure.decimals);
}

std::string coverage(const Sample& s) {
    return grouped(s.units.size()) + " of " + grouped(s.unit);
}

std::vector<SampledFigure> figures_of(const RunResult& run) {
    return run.sample ? sampled_figures(*run.sample) : std::vector<SampledFigure>{};
}

}  // namespace

std::vector<SampledFigure> sampled_figures(const Sample& sample) {
    if (sample.units.empty()) return {};
    std::vector<SampledFigure> out;
    out.push_back({"cycles, estimate", "cycles_estimate", 0,
                   rate_of(sample, Event::CPU_CYCLES, static_cast<double>(sample.instructions))});
    out.push_back({"cycles per instruction", "cycles_per_instruction", 4, rate_of(sample, Event::CPU_CYCLES, 1)});
    for (const Rate& rate : kMisses)
        out.push_back({std::string{rate.label} + " per 1,000", std::string{rate.key} + "_per_1000", 3,
                       rate_of(sample, rate.event, 1000)});
    return out;
}

std::string sample_table(const std::vector<RunResult>& runs) {
    std::vector<std::string> headings{"sample, 95 % intervals"};
    std::vector<std::string> units{"units, instructions each"};
    std::vector<SampledFigure> rows;
    for (const auto& run : runs) {
        headings.push_back(run.name);
        units.push_back(run.sample ? coverage(*run.sample) : "-");
        if (rows.empty()) rows = figures_of(run);
    }
    if (rows.empty()) return "";
    TextTable table{headings};
    table.add_row(units);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        std::vector<std::string> cells{rows[row].label};
        for (const auto& run : runs) {
            const auto figures = figures_of(run);
            cells.push_back(figures.empty() ? "-" : text_of(figures[row]));
        }
        table.add_row(std::move(cells));
    }
    return table.to_string();
}

Json json_of(const Sample& sample) {
    Json object{{"period", sample.period},
                {"unit", sample.unit},
                {"warm_up", sample.warm_up},
                {"units", sample.units.size()},
                {"instructions", sample.instructions},
                {"is_estimate", true}};
    for (const SampledFigure& figure : sampled_figures(sample))
        object[figure.key] = Json{{"mean", figure.value.mean}, {"low", figure.value.low}, {"high", figure.value.high}};
    return object;
}

}  // namespace emu
