// foldwalk run: one workload, one configuration.
#include <iostream>

#include "emu/app/interrupt.h"
#include "emu/app/measured.h"
#include "emu/app/parallel_runs.h"
#include "emu/app/subcommand.h"
#include "emu/report/result_json.h"
#include "emu/report/text_report.h"

namespace emu::app {
namespace {

int run(const CommandLine& line) {
    const auto files = DataFiles::locate(line.option("data"));
    const Manifest manifest{files};
    const auto& workload = manifest.find(line.only_positional("workload"));
    auto request = make_request(files, make_config(files, line.config), workload, line.arguments);
    request.probes = line.probes;
    TraceFiles traces{line};
    traces.attach(request);
    JsonOutput json{line};

    auto results = run_all({request}, stop_on_interrupt());
    auto& result = results.front();
    traces.finish(result);
    const bool right = check_checksum(result, workload);
    std::cout << report_limits(result) << "\n" << report_run(result) << std::flush;
    print_console_of_failure(result);
    json.write(result_document(line.typed, results));
    return succeeded(result) && right ? kDone : kGuestFailed;
}

}  // namespace

Subcommand run_subcommand() {
    Subcommand s{
        "run", "WORKLOAD [-- KEY=VALUE ...]", "Runs one workload and prints what was measured.", "", {"Options"}, run};
    add_common_options(s.options);
    add_measuring_options(s.options);
    add_trace_options(s.options);
    return s;
}

}  // namespace emu::app
