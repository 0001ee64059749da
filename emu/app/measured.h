// What run, compare and replay share: a request from the command line, and the way out of the program.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emu/app/command_line.h"
#include "emu/app/manifest.h"
#include "emu/app/output_file.h"
#include "emu/app/subcommand.h"
#include "emu/machine/run.h"
#include "emu/report/json_type.h"

namespace emu::app {

// --json and --probe, besides the common options.
void add_measuring_options(Options& options);

// The file of --json, opened at once so that a path that cannot be written is found out before the work.
class JsonOutput {
public:
    explicit JsonOutput(const CommandLine& line);
    // Does nothing without --json.
    void write(const Json& document);

private:
    std::optional<OutputFile> file_;
};

// A request for `workload`; checks the arguments and that the guest files are there. Throws UserError.
[[nodiscard]] RunRequest make_request(const DataFiles& files, const MachineConfig& config, const Workload& workload,
                                      const std::vector<std::string>& arguments);

// Adds a warning to `run`, and returns false, if a run with default arguments gave another checksum than the
// manifest's.
bool check_checksum(RunResult& run, const Workload& workload);

// The end of the guest's console on standard error, for a run that failed.
void print_console_of_failure(const RunResult& run);

}  // namespace emu::app
