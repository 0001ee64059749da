// foldwalk debug: one workload or program under a debugger.
#include <boost/program_options.hpp>
#include <iostream>

#include "emu/app/interrupt.h"
#include "emu/app/measured.h"
#include "emu/app/output_paths.h"
#include "emu/app/run_identity.h"
#include "emu/app/subcommand.h"
#include "emu/app/trace_files.h"
#include "emu/app/user_program.h"
#include "emu/debug/session.h"
#include "emu/debug/symbol_files.h"
#include "emu/report/result_json.h"
#include "emu/report/text_report.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

void notice(const std::string& text) { std::cerr << "foldwalk: " << text << std::endl; }

// How to reach the guest, ready to be pasted.
void announce(const debug::Listener& listener, const RunRequest& request) {
    notice("waiting for a debugger on " + listener.name());
    std::cerr << "  gdb-multiarch " << debug::kernel_file(request) << " -ex 'add-symbol-file " << debug::program_file(request)
              << "' -ex 'target remote " << listener.name() << "'" << std::endl;
}

std::string address_of(const CommandLine& line) {
    const auto address = line.option("gdb");
    if (!address) throw UserError{"debug: say where GDB connects: --gdb PORT (0: a free one) or --gdb unix:PATH"};
    return *address;
}

// Runs under the debugger to the end.
RunResult debugged(RunRequest& request, const CommandLine& line) {
    debug::Listener listener{address_of(line)};
    TraceFiles traces{line};
    traces.attach(request);
    request.driver = [&](Machine& machine, const std::atomic<bool>& stop, const ProgressSink&) {
        announce(listener, request);
        return debug::Session{listener, machine, notice}.drive(stop);
    };
    RunResult result = run_guest(request, stop_on_interrupt(), nullptr);
    identify(result, request);
    traces.finish(result);
    return result;
}

int debug_workload(const DataFiles& files, const CommandLine& line) {
    const Manifest manifest{files};
    const auto& workload = manifest.find(line.only_positional("workload"));
    auto request = make_request(files, make_config(files, line.config), workload, line.arguments);
    request.probes = line.probes;
    JsonOutput json{line};
    auto result = debugged(request, line);
    const bool right = check_checksum(result, workload);
    std::cout << report_limits(result) << "\n" << report_run(result) << std::flush;
    print_console_of_failure(result);
    json.write(result_document(line.typed, {result}));
    return succeeded(result) && right ? kDone : kGuestFailed;
}

int debug_program(const DataFiles& files, const CommandLine& line, const UserProgram& program) {
    auto request = make_program_request(files, make_config(files, line.config), program);
    request.probes = line.probes;
    request.program_sink = [](int, std::string_view bytes) { std::cout << bytes << std::flush; };
    JsonOutput json{line};
    const auto result = debugged(request, line);
    std::cerr << report_limits(result) << "\n" << report_run(result) << std::flush;
    print_console_of_failure(result);
    json.write(result_document(line.typed, {result}));
    return succeeded(result) ? exit_status_of(*result.program) : kGuestFailed;
}

int run(const CommandLine& line) {
    refuse_shared_outputs(line);
    const auto files = DataFiles::locate(line.option("data"));
    static_cast<void>(address_of(line));
    const auto program = user_program(line);
    return program ? debug_program(files, line, *program) : debug_workload(files, line);
}

}  // namespace

Subcommand debug_subcommand() {
    Subcommand s{"debug", "WORKLOAD|--program FILE --gdb PORT|unix:PATH [-- ARGUMENTS]",
                 "Runs one workload or program under GDB, from its first instruction, and prints what was measured.",
                 "The results are those of an undebugged run as long as the debugger only looks. In GDB, `monitor help` lists\n"
                 "what can be asked beside registers and memory. Detaching lets the guest go on; GDB may come again.",
                 {"Options"}, run};
    add_common_options(s.options);
    add_measuring_options(s.options);
    add_trace_options(s.options);
    add_program_options(s.options);
    s.options.add_options()("gdb", boost::program_options::value<std::string>()->value_name("PORT|unix:PATH"),
                            "where GDB connects: a port of 127.0.0.1, 0 for a free one, or a Unix socket");
    return s;
}

}  // namespace emu::app
