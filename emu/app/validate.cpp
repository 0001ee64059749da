// foldwalk validate: the model of a core against what was measured on the real one.
#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <iostream>
#include <optional>
#include <utility>

#include "emu/app/chase_runs.h"
#include "emu/app/interrupt.h"
#include "emu/app/latency_ladder.h"
#include "emu/app/measured.h"
#include "emu/app/memory_rates.h"
#include "emu/app/subcommand.h"
#include "emu/app/validation_model.h"
#include "emu/app/validation_targets.h"
#include "emu/report/number_format.h"
#include "emu/report/text_table.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

constexpr const char* kSchema = "foldwalk-validation/1";
struct Row {
    const Target* target;
    double model;
    // What the model says with all estimated figures of the profile at one end; the same as `model` where it has none in it.
    double low;
    double high;

    // Relative to the nearer end of the published range.
    [[nodiscard]] double error() const {
        const double nearest = std::clamp(model, target->value, target->high);
        return (model - nearest) / nearest;
    }
    [[nodiscard]] bool matches() const { return !is_bound() && std::abs(error()) <= target->tolerance; }
    [[nodiscard]] bool is_bound() const { return std::isinf(target->high); }
    [[nodiscard]] bool has_range() const { return low != high; }
    // The published figure lies between what the estimates allow, or is a bound that the model keeps: it neither confirms the
    // model nor contradicts it.
    [[nodiscard]] bool is_open() const { return !matches() && low <= target->high && target->value <= high; }
    [[nodiscard]] bool is_count() const { return unit_of(target->figure) == std::string_view{"pages"}; }
};

std::string published(const Target& t, int decimals) {
    if (std::isinf(t.high)) return "above " + fixed(t.value, decimals);
    return fixed(t.value, decimals) + (t.high == t.value ? "" : " to " + fixed(t.high, decimals));
}

std::string model_text(const Row& row, int decimals) {
    const std::string range = " [" + fixed(row.low, decimals) + "-" + fixed(row.high, decimals) + "]";
    return fixed(row.model, decimals) + (row.has_range() ? range : "");
}

std::string table_of(const std::vector<Row>& rows) {
    TextTable table{{"figure", "unit", "target", "model", "error", "", "kind", "source"}};
    for (const auto& row : rows) {
        const Target& t = *row.target;
        const int decimals = row.is_count() ? 0 : 1;
        table.add_row({name_of(t.figure, t.argument), unit_of(t.figure), published(t, decimals), model_text(row, decimals),
                       signed_fixed(100 * row.error(), 1) + " %", row.matches() ? "ok" : row.is_open() ? "open" : "NO", t.emergent ? "emergent" : "input",
                       t.source});
    }
    return table.to_string();
}

std::string verdict_of(const std::vector<Row>& rows) {
    const auto count = [&rows](bool emergent, bool matching) {
        return std::to_string(std::count_if(rows.begin(), rows.end(), [&](const Row& row) {
            return row.target->emergent == emergent && (!matching || row.matches());
        }));
    };
    return "   emergent figures, which alone validate: " + count(true, true) + " of " + count(true, false) +
           " match; figures of the profile read back: " + count(false, true) + " of " + count(false, false) + ".\n" +
           "   An L1 knee matches when it is equal, an L2 knee within 1 %, a time within 10 %. [low-high]: every estimated figure of the core\n"
           "   at that end; open: what is published lies between them, or is a bound.\n";
}

Json json_of_rates(const std::vector<MemoryRates>& rates) {
    Json list = Json::array();
    for (const MemoryRates& r : rates)
        list.push_back(Json{{"run", r.page}, {"region", r.bytes}, {"copy_gb_per_s", r.copy},
                            {"clear_by_stores_gb_per_s", r.clear_by_stores}, {"clear_by_zva_gb_per_s", r.clear_by_zva}});
    return list;
}

// Chains of loads meet no estimated figure; exceptions and what a kernel does around them are made of such.
void add_range(Row& row, const DataFiles& files, const MachineConfig& config) {
    row.low = row.high = row.model;
    if (row.target->figure != Figure::SystemCall) return;
    for (const auto& [end, out] : {std::pair{EstimateEnd::Low, &row.low}, {EstimateEnd::High, &row.high}}) {
        MachineConfig at_end = config;
        at_end.timing = config.timing.with_estimates_at(end);
        *out = ChaseRuns{files, at_end, stop_on_interrupt()}.system_call_cycles();
    }
}

Json document_of(const CommandLine& line, const std::string& core, const std::vector<Row>& rows, const Json& ladder) {
    Json document{{"schema", kSchema}, {"tool_version", FOLDWALK_VERSION}, {"command", line.typed}, {"core", core}};
    document["figures"] = Json::array();
    for (const auto& row : rows) {
        const Target& t = *row.target;
        document["figures"].push_back(Json{{"figure", name_of(t.figure, t.argument)}, {"unit", unit_of(t.figure)},
                                           {"target_low", t.value}, {"target_high", t.high}, {"model", row.model},
                                           {"model_low", row.low}, {"model_high", row.high}, {"error", row.error()}, {"matches", row.matches()}, {"emergent", t.emergent},
                                           {"source", t.source}});
    }
    if (!ladder.empty()) document["ladder"] = ladder;
    return document;
}

// What is published are times of whole runs on the bare machine.
void refuse_other_machines(const MachineConfig& config) {
    const auto refuse = [](const std::string& key, const std::string& wanted) { throw UserError{"validate measures with " + key + " = " + wanted + " only; leave it so"}; };
    if (config.mode != Mode::Cycle) refuse("machine.mode", "cycle");
    if (config.sampling.sample != "off") refuse("machine.sample", "off");
    if (config.sampling.fast_forward != "off") refuse("machine.fast_forward", "off");
    if (config.stage2.mapping != Stage2Mapping::Off) refuse("machine.stage2", "off");
}

// Of the ladder: what is asked for, and else what the core's figures were taken with. Throws UserError.
std::uint64_t page_of_ladder(const CommandLine& line, const MachineConfig& config) {
    const std::string text = line.option("granule").value_or("");
    if (text.empty()) return measured_page(config.core_profile);
    const auto features = mmu::features_of({announced_registers(config.core).ID_AA64MMFR0_EL1, 0, 0});
    if (text == "4K") return 4 << 10;
    if (text != "16K" && text != "64K") throw UserError{"--granule " + text + ": write 4K, 16K or 64K"};
    if (text == "16K" ? features.granule_16k : features.granule_64k) return text == "16K" ? 16 << 10 : 64 << 10;
    throw UserError{"--granule " + text + ": " + config.core_profile + " has no such pages (ID_AA64MMFR0_EL1)"};
}

int interrupted() {
    std::cerr << "foldwalk: validate: interrupted; nothing is printed, since a figure needs all of its runs\n";
    return kGuestFailed;
}

int validate(const CommandLine& line) {
    line.no_positional();
    line.no_arguments();
    const auto files = DataFiles::locate(line.option("data"));
    const auto config = make_config(files, line.config);
    refuse_other_machines(config);
    JsonOutput json{line};
    ChaseRuns runs{files, config, stop_on_interrupt()};

    if (line.has("no-ladder") && line.has("granule")) throw UserError{"--granule is of the ladder that --no-ladder leaves out"};
    std::optional<LatencyLadder> ladder;
    if (!line.has("no-ladder")) ladder.emplace(page_of_ladder(line, config));
    std::vector<ChasePoint> points = ladder ? ladder->points() : std::vector<ChasePoint>{};
    std::vector<Row> rows;
    for (const Target& target : validation_targets()) {
        if (config.core_profile != target.core) continue;
        rows.push_back({&target, 0, 0, 0});
        for (const ChasePoint& point : points_of(target, config)) points.push_back(point);
    }
    if (!runs.measure(points)) return interrupted();
    for (Row& row : rows) {
        row.model = model_of(*row.target, runs, config);
        add_range(row, files, config);
    }
    const auto rates = measure_memory_rates(files, config, stop_on_interrupt());
    if (rates.empty()) return interrupted();

    std::cout << "== " << config.core_profile << " at " << config.timing.core.frequency_mhz << " MHz against what is published\n\n";
    if (rows.empty()) std::cout << "   Nothing is published for this core.\n";
    else std::cout << table_of(rows) << "\n" << verdict_of(rows);
    for (const Unmeasured& u : unmeasured_targets())
        if (config.core_profile == u.core) std::cout << "   not measured here: " << u.what << "\n";
    std::cout << "\n" << memory_rates_table(rates);
    if (ladder) std::cout << "\n" << ladder->table(runs) << std::flush;
    Json document = document_of(line, config.core_profile, rows, ladder ? ladder->json(runs) : Json{});
    document["memory_rates"] = json_of_rates(rates);
    json.write(document);
    return kDone;
}

}  // namespace

Subcommand validate_subcommand() {
    Subcommand s{"validate",
                 "[--core CORE]",
                 "Measures the model of a core as real ones were measured, and prints both.",
                 "\"input\" marks a figure of the profile read back, \"emergent\" one that comes about by the mechanisms: only those\n"
                 "validate the model. The latency ladder shows what pages, contiguous groups and blocks cost at each footprint.",
                 {"Options"},
                 validate};
    add_common_options(s.options);
    auto add = s.options.add_options();
    add("json", boost::program_options::value<std::string>()->value_name("FILE"),
        "write everything measured, schema foldwalk-validation/1");
    add("granule", boost::program_options::value<std::string>()->value_name("4K|16K|64K"),
        "pages of the latency ladder, their contiguous groups and their blocks (default: those of the core's published figures)");
    add("no-ladder", "leave the latency ladder out, which takes most of the time");
    return s;
}

}  // namespace emu::app
