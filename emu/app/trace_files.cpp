#include "emu/app/trace_files.h"

#include <boost/program_options.hpp>

#include "emu/app/output_paths.h"

namespace emu::app {

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

TraceFiles::File TraceFiles::open(const CommandLine& line, const std::string& option) {
    const auto text = line.option(option);
    if (!text) return {};
    auto [range, path] = split_trace(option, *text);
    return {option, std::move(range), std::make_unique<trace::LineWriter>(path)};
}

TraceFiles::TraceFiles(const CommandLine& line)
    : instructions_{open(line, "trace-instructions")}, mmu_{open(line, "trace-mmu")} {}

TraceRequest TraceFiles::request_of(File& file) {
    if (!file.writer) return {};
    const auto write = [&file](const std::string& text) {
        file.is_empty = file.is_empty && text.starts_with('#');  // the heading
        file.writer->write(text);
    };
    return {write, file.range};
}

void TraceFiles::attach(RunRequest& request) {
    request.trace_instructions = request_of(instructions_);
    request.trace_mmu = request_of(mmu_);
}

void TraceFiles::finish(File& file, RunResult& result) {
    if (!file.writer) return;
    if (file.is_empty) result.warnings.push_back("--" + file.option + ": the trace is empty, nothing of the run lies in its range");
    result.complete ? file.writer->finish() : file.writer->truncated(result.stop_reason);
}

void TraceFiles::finish(RunResult& result) {
    finish(instructions_, result);
    finish(mmu_, result);
}

}  // namespace emu::app
