#include "emu/app/measured.h"

#include <boost/program_options.hpp>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "emu/report/number_format.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

constexpr std::size_t kConsoleTail = 2000;  // characters

}  // namespace

void add_measuring_options(Options& options) {
    namespace po = boost::program_options;
    auto add = options.add_options();
    add("json", po::value<std::string>()->value_name("FILE"), "write everything measured, schema foldwalk-result/1");
    add("probe", po::value<std::string>()->value_name("FUNCTION"),
        "take the price of this guest function instead of the standard ones; may be given several times");
}

void add_trace_option(Options& options) {
    options.add_options()("trace-instructions", boost::program_options::value<std::string>()->value_name("FILE"),
                          "write a line for each instruction of the phases of interest");
}

InstructionTraceFile::InstructionTraceFile(const CommandLine& line) {
    const auto path = line.option("trace-instructions");
    if (!path) return;
    file_.open(*path);
    if (!file_) throw UserError{"cannot write " + *path + ": " + std::strerror(errno)};
}

void InstructionTraceFile::attach(RunRequest& request) {
    if (file_.is_open()) request.instruction_sink = [this](const std::string& line) { file_ << line << '\n'; };
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
    request.files.folder = files.folder();
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
