// foldwalk run: one workload or program, one configuration.
#include <iostream>

#include "emu/app/single_run.h"
#include "emu/app/subcommand.h"
#include "emu/app/user_program.h"
#include "emu/report/result_json.h"
#include "emu/report/text_report.h"

namespace emu::app {
namespace {

int run_workload(const DataFiles& files, const CommandLine& line) {
    const Manifest manifest{files};
    const auto& workload = manifest.find(line.only_positional("workload"));
    auto request = make_request(files, make_config(files, line.config), workload, line.arguments);
    ask_of_run(line, request);
    RunFiles outputs{line};

    auto results = outputs.run(std::move(request));
    auto& result = results.front();
    const bool right = check_checksum(result, workload);
    std::cout << report_limits(result) << "\n" << report_run(result, report_detail(line)) << std::flush;
    outputs.write(result, &std::cout, result_document(line.typed, results));
    return succeeded(result) && right ? kDone : kGuestFailed;
}

void pass_on(int stream, std::string_view bytes) {
    constexpr int kError = 2;
    (stream == kError ? std::cerr : std::cout) << bytes << std::flush;
}

// The program's output is ours, as that of any program run by another; what was measured goes to standard error.
int run_program(const DataFiles& files, const CommandLine& line, const UserProgram& program) {
    auto request = make_program_request(files, make_config(files, line.config), program);
    request.program_sink = pass_on;
    ask_of_run(line, request);
    RunFiles outputs{line};

    const auto results = outputs.run(std::move(request));
    const auto& result = results.front();
    std::ostream* const out = line.has("quiet") ? nullptr : &std::cerr;
    if (out != nullptr) *out << report_limits(result) << "\n" << report_run(result, report_detail(line)) << std::flush;
    outputs.write(result, out, result_document(line.typed, results));
    return succeeded(result) ? exit_status_of(*result.program) : kGuestFailed;
}

int run(const CommandLine& line) {
    const auto files = DataFiles::locate(line.option("data"));
    const auto program = user_program(line);
    return program ? run_program(files, line, *program) : run_workload(files, line);
}

}  // namespace

Subcommand run_subcommand() {
    Subcommand s{"run",
                 "WORKLOAD [-- KEY=VALUE ...] | --program FILE [-- ARGUMENT ...]",
                 "Runs one workload, or a program of yours, and prints what was measured.",
                 "A program's output is Foldwalk's own, the measurements go to standard error, and the exit status is the\n"
                 "program's (128 + N where signal N killed it).",
                 {"Options"},
                 run};
    add_single_run_options(s.options);
    add_program_options(s.options);
    s.options.add_options()("quiet", "no report about a program, only its output");
    return s;
}

}  // namespace emu::app
