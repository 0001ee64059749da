// What run and replay share: one machine, at which one may look as closely as one likes.
#pragma once

#include "emu/app/check_options.h"
#include "emu/app/details.h"
#include "emu/app/measured.h"
#include "emu/app/trace_files.h"

namespace emu::app {

// The common options, and all that look closer at a run.
void add_single_run_options(Options& options);
// What these options ask of the run. Throws UserError.
void ask_of_run(const CommandLine& line, RunRequest& request);

// The files of these options, opened at once so that a path that cannot be written is found out before the work.
class RunFiles {
public:
    explicit RunFiles(const CommandLine& line);  // Throws UserError.
    // Runs `request`, on which more may have been asked since; one result.
    std::vector<RunResult> run(RunRequest request);
    // Of that run: the details to their files and to `out` unless that is null, the end of its console where it failed, then `document`.
    void write(const RunResult& result, std::ostream* out, const Json& document);

private:
    TraceFiles traces_;
    CheckTraceFile events_;
    DetailFiles details_;
    JsonOutput json_;
};

}  // namespace emu::app
