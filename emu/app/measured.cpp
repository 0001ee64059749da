#include "emu/app/measured.h"

#include <boost/program_options.hpp>
#include <iostream>

#include "emu/app/profile.h"
#include "emu/report/number_format.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

constexpr std::size_t kConsoleTail = 2000;  // characters

// The guest's last line holds its counters for who has no other way to them (tests/differential).
std::string without_mailbox(const std::string& console) {
    const auto at = console.rfind("foldwalk-mailbox:");
    return at == std::string::npos ? console : console.substr(0, at);
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

JsonOutput::JsonOutput(const CommandLine& line) {
    if (const auto path = line.option("json")) file_.emplace(*path);
}

void JsonOutput::write(const Json& document) {
    if (file_) file_->commit(document.dump(1) + "\n");
}

RunRequest make_request(const DataFiles& files, const MachineConfig& config, const Workload& workload,
                        const std::vector<std::string>& arguments) {
    files.require_guest(config.kernel.contpte);
    RunRequest request;
    request.config = config;
    request.files = guest_files(files, config);
    request.name = workload.name;
    request.workload = workload.name;
    request.arguments = checked_arguments(workload, arguments);
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
    const auto text = without_mailbox(run.console);
    std::cerr << "-- console of " << run.name << ":\n"
              << text.substr(text.size() > kConsoleTail ? text.size() - kConsoleTail : 0) << "\n";
}

}  // namespace emu::app
