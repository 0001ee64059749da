#include "emu/app/single_run.h"

#include "emu/app/interrupt.h"
#include "emu/app/output_paths.h"
#include "emu/app/parallel_runs.h"

namespace emu::app {

void add_single_run_options(Options& options) {
    add_common_options(options);
    add_measuring_options(options);
    add_detail_options(options);
    add_trace_options(options);
    add_check_options(options);
    add_check_trace_option(options);
}

void ask_of_run(const CommandLine& line, RunRequest& request) {
    refuse_shared_outputs(line);
    request.probes = line.probes;
    request.check = check_request(line);
    ask_for_details(line, request);
}

RunFiles::RunFiles(const CommandLine& line) : traces_{line}, events_{line}, details_{line}, json_{line} {}

std::vector<RunResult> RunFiles::run(RunRequest request) {
    traces_.attach(request);
    events_.attach(request);
    details_.attach(request);
    auto results = run_all({std::move(request)}, stop_on_interrupt());
    traces_.finish(results.front());
    events_.finish(results.front());
    return results;
}

void RunFiles::write(const RunResult& result, std::ostream* out, const Json& document) {
    details_.write(result, out);
    print_console_of_failure(result);
    json_.write(document);
}

}  // namespace emu::app
