#include "emu/app/measured.h"

#include <boost/program_options.hpp>
#include <charconv>
#include <iostream>

#include "emu/app/profile.h"
#include "emu/report/number_format.h"
#include "emu/report/snapshot_json.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

constexpr std::size_t kConsoleTail = 2000;  // characters
constexpr const char* kFunctionsByDefault = "20";

// "all", or how many.
std::size_t functions_shown(const std::string& text) {
    if (text == "all") return ~std::size_t{0};
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || end != text.data() + text.size() || count == 0)
        throw UserError{"--ledger " + text + ": write how many functions, or all"};
    return count;
}

}  // namespace

void add_measuring_options(Options& options) {
    namespace po = boost::program_options;
    auto add = options.add_options();
    add("json", po::value<std::string>()->value_name("FILE"), "write everything measured, schema foldwalk-result/1");
    add("probe", po::value<std::string>()->value_name("FUNCTIONS"),
        "take the price of these functions of guest kernel or program instead of the standard ones: names or patterns, as "
        "'contpte_*,do_anonymous_page'; may be given several times; none: of nobody");
}

void add_detail_options(Options& options) {
    namespace po = boost::program_options;
    auto add = options.add_options();
    add("ledger", po::value<std::string>()->value_name("N|all")->implicit_value(kFunctionsByDefault, kFunctionsByDefault),
        "print the cycles of the N functions that took most, by cause, with their instructions (--ledger=N)");
    add("explain-misses", po::value<std::string>()->value_name("off|on|all"),
        "classes of TLB misses: on (default), also by kind of memory and mapping (all), or not counted (off)");
    add("folded", po::value<std::string>()->value_name("FILE"),
        "write the cycles as folded stacks, a line \"phase;user or kernel;function;cause cycles\" each, for flame graphs");
    add("snapshot", po::value<std::string>()->value_name("[PHASE:]FILE"),
        "write the state of page tables (folded, foldable, not foldable and why) and TLBs at the end of PHASE, or of each phase "
        "of interest; schema foldwalk-snapshot/1");
}

DetailFiles::DetailFiles(const CommandLine& line) {
    if (const auto path = line.option("folded")) folded_.emplace(*path);
    const auto text = line.option("snapshot");
    if (!text) return;
    const auto colon = text->find(':');
    phase_ = colon == std::string::npos ? "" : text->substr(0, colon);
    const auto path = colon == std::string::npos ? *text : text->substr(colon + 1);
    if (path.empty()) throw UserError{"--snapshot " + *text + ": no file is named; write [PHASE:]FILE"};
    snapshot_.emplace(path);
}

void DetailFiles::attach(RunRequest& request) const {
    if (snapshot_) request.snapshot_phase = phase_;
}

void DetailFiles::write(const RunResult& result, std::ostream& out) {
    if (folded_) {
        std::string text;
        for (const auto& [stack, cycles] : result.folded_stacks) text += stack + " " + std::to_string(cycles) + "\n";
        folded_->commit(text);
    }
    if (!snapshot_) return;
    for (const auto& snapshot : result.snapshots) out << "\n" << snapshot_table(snapshot);
    if (result.snapshots.empty()) out << "\n   no snapshot: no such phase has ended\n";
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
    request.count_functions = line.has("ledger");
}

void add_trace_options(Options& options) {
    namespace po = boost::program_options;
    const auto value = [] { return po::value<std::string>()->value_name("[RANGE:]FILE"); };
    auto add = options.add_options();
    add("trace-instructions", value(),
        "write a line for each instruction: disassembly, registers written, memory touched. RANGE is a list of conditions joined "
        "by commas: N-M (instruction numbers), 0xA-0xB (addresses), symbol=GLOB, phase=GLOB; without it, the phases of interest. "
        "Compressed where the name ends in .zst or .gz");
    add("trace-mmu", value(), "the same for walks, fills, evictions, invalidations and faults");
}

// "[RANGE:]FILE": what stands before the first colon is a range if it can be read as one, and else part of the name.
TraceFiles::File TraceFiles::open(const CommandLine& line, const std::string& option) {
    const auto text = line.option(option);
    if (!text) return {};
    const auto colon = text->find(':');
    const auto range = colon == std::string::npos ? std::nullopt : TraceRange::parse(text->substr(0, colon));
    const std::string path = range ? text->substr(colon + 1) : *text;
    if (path.empty()) throw UserError{"--" + option + " " + *text + ": no file is named; write [RANGE:]FILE"};
    return {range.value_or(TraceRange{}), std::make_unique<trace::LineWriter>(path)};
}

TraceFiles::TraceFiles(const CommandLine& line)
    : instructions_{open(line, "trace-instructions")}, mmu_{open(line, "trace-mmu")} {}

TraceRequest TraceFiles::request_of(File& file) {
    if (!file.writer) return {};
    return {[&writer = *file.writer](const std::string& text) { writer.write(text); }, file.range};
}

void TraceFiles::attach(RunRequest& request) {
    request.trace_instructions = request_of(instructions_);
    request.trace_mmu = request_of(mmu_);
}

void TraceFiles::finish(File& file, const RunResult& result) {
    if (!file.writer) return;
    result.complete ? file.writer->finish() : file.writer->truncated(result.stop_reason);
}

void TraceFiles::finish(const RunResult& result) {
    finish(instructions_, result);
    finish(mmu_, result);
}

JsonOutput::JsonOutput(const CommandLine& line) {
    if (const auto path = line.option("json")) file_.emplace(*path);
}

void JsonOutput::write(const Json& document) {
    if (file_) file_->commit(document.dump(1) + "\n");
}

RunRequest make_request(const DataFiles& files, const MachineConfig& config, const Workload& workload,
                        const std::vector<std::string>& arguments) {
    check_arguments(workload, arguments);
    files.require_guest(config.kernel.contpte);
    RunRequest request;
    request.config = config;
    request.files = guest_files(files, config);
    request.name = workload.name;
    request.workload = workload.name;
    request.arguments = arguments;
    return request;
}

bool check_checksum(RunResult& run, const Workload& workload) {
    if (!succeeded(run) || !run.workload_args.empty() || !workload.checksum) return true;
    if (run.checksum == workload.checksum) return true;
    run.warnings.push_back("the checksum is not the manifest's " + hex64(*workload.checksum));
    return false;
}

void print_console_of_failure(const RunResult& run) {
    if (succeeded(run) || run.console.empty()) return;
    const auto& text = run.console;
    std::cerr << "-- console of " << run.name << ":\n"
              << text.substr(text.size() > kConsoleTail ? text.size() - kConsoleTail : 0) << "\n";
}

}  // namespace emu::app
