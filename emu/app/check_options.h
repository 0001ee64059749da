// --check and what goes with it.
#pragma once

#include <memory>

#include "emu/app/command_line.h"
#include "emu/machine/run.h"
#include "emu/trace/line_writer.h"

namespace emu::app {

// --check and --check-limit, for every command that runs a guest.
void add_check_options(Options& options);
// --check-trace, where there is one run.
void add_check_trace_option(Options& options);

// Throws UserError for a limit that is no number.
[[nodiscard]] CheckRequest check_request(const CommandLine& line);

// The file of --check-trace.
class CheckTraceFile {
public:
    explicit CheckTraceFile(const CommandLine& line);  // Throws UserError if it cannot be written.
    // The run must end before this does.
    void attach(RunRequest& request);
    // The run is over. Throws UserError where the disk is full.
    void finish(const RunResult& result);

private:
    std::unique_ptr<trace::LineWriter> writer_;  // null without the option
};

}  // namespace emu::app
