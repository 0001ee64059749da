#include "emu/app/trace_files.h"

#include <boost/program_options.hpp>

#include "mmu/base/user_error.h"

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

}  // namespace emu::app
