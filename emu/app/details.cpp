#include "emu/app/details.h"

#include <boost/program_options.hpp>
#include <ostream>

#include "emu/app/output_paths.h"
#include "emu/report/snapshot_json.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

constexpr std::size_t kFunctionsByDefault = 20;

// "all", or how many. Boost hands over an option without its value as empty text.
std::size_t functions_shown(const std::string& text) {
    if (text.empty()) return kFunctionsByDefault;
    if (text == "all") return ~std::size_t{0};
    const auto count = config_text::parse_unsigned(text, config_text::Suffixes::None);
    if (!count || *count == 0) throw UserError{"--ledger " + text + ": write how many functions, or all"};
    return *count;
}

std::string snapshots_text(const RunResult& result, const std::string& phase) {
    std::string text;
    for (const auto& snapshot : result.snapshots) text += "\n" + snapshot_table(snapshot);
    if (!text.empty()) return text;
    for (const auto& known : result.phases) text += (text.empty() ? "; phases: " : ", ") + known.name;
    return "\n   no snapshot: the run had no phase " + (phase.empty() ? "of interest" : "\"" + phase + "\"") + text + "\n";
}

}  // namespace

void add_detail_options(Options& options) {
    namespace po = boost::program_options;
    auto add = options.add_options();
    add("ledger", po::value<std::string>()->value_name("N|all")->implicit_value("", std::to_string(kFunctionsByDefault)),
        "print the cycles of the N functions that took most, by cause, with their instructions");
    add("explain-misses", po::value<std::string>()->value_name("off|on|all"),
        "classes of TLB misses: on (default), also by kind of memory and mapping (all), or not counted (off)");
    add("folded", po::value<std::string>()->value_name("FILE"),
        "write the cycles as folded stacks for flame graphs (flamegraph.pl, inferno, speedscope): a line \"phase;outermost "
        "caller;...;function;cause cycles\" each, the kernel's functions above the user's that they interrupted");
    add("snapshot", po::value<std::string>()->value_name("[PHASE:]FILE"),
        "write the state of page tables (folded, foldable, not foldable and why) and TLBs at the end of PHASE, of the run (PHASE "
        "end), or of each phase of interest, and where the run is interrupted; schema foldwalk-snapshot/1");
}

DetailFiles::DetailFiles(const CommandLine& line) {
    if (const auto path = line.option("folded")) folded_.emplace(*path);
    const auto text = line.option("snapshot");
    if (!text) return;
    const auto [phase, path] = split_snapshot(*text);
    phase_ = phase;
    snapshot_.emplace(path);
}

void DetailFiles::attach(RunRequest& request) const {
    if (snapshot_) request.snapshot_phase = phase_;
}

void DetailFiles::write(const RunResult& result, std::ostream* out) {
    if (folded_) {
        std::string text;
        for (const auto& [stack, cycles] : result.folded_stacks) text += stack + " " + std::to_string(cycles) + "\n";
        folded_->commit(text);
    }
    if (!snapshot_) return;
    if (out != nullptr) *out << snapshots_text(result, *phase_);
    snapshot_->commit(snapshot_document(result.snapshots).dump(1) + "\n");
}

ReportDetail report_detail(const CommandLine& line) {
    ReportDetail detail;
    if (const auto text = line.option("ledger")) detail.functions = functions_shown(*text);
    detail.histograms = !line.probes.empty();
    detail.miss_regions = line.option("explain-misses") == "all";
    return detail;
}

void ask_for_details(const CommandLine& line, RunRequest& request) {
    const auto misses = line.option("explain-misses").value_or("on");
    if (misses != "off" && misses != "on" && misses != "all") throw UserError{"--explain-misses " + misses + ": write off, on or all"};
    request.explain_misses = misses != "off";
    request.follow_calls = line.has("folded");
    request.count_functions = report_detail(line).functions != 0;
    if (request.config.mode == Mode::Cycle) return;
    for (const char* option : {"ledger", "folded"})
        if (line.has(option)) throw UserError{std::string{"--"} + option + ": functional mode has no cycles; use --mode cycle"};
}

}  // namespace emu::app
