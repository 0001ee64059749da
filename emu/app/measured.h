// What run, compare and replay share: a request from the command line, and the way out of the program.
#pragma once

#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emu/app/command_line.h"
#include "emu/app/manifest.h"
#include "emu/app/output_file.h"
#include "emu/app/subcommand.h"
#include "emu/machine/run.h"
#include "emu/report/json_type.h"
#include "emu/report/text_report.h"
#include "emu/trace/line_writer.h"

namespace emu::app {

// --json and --probe, besides the common options.
void add_measuring_options(Options& options);

// --ledger, --folded, --explain-misses and --snapshot, where there is one run.
void add_detail_options(Options& options);
// The files of --folded and --snapshot, opened at once.
class DetailFiles {
public:
    explicit DetailFiles(const CommandLine& line);  // Throws UserError.
    void attach(RunRequest& request) const;
    // Writes them, and prints the snapshots' tables to `out`.
    void write(const RunResult& result, std::ostream& out);

private:
    std::optional<std::string> phase_;  // of --snapshot
    std::optional<OutputFile> snapshot_;
    std::optional<OutputFile> folded_;
};

// What they ask for: of the report, and of the run. Throws UserError.
[[nodiscard]] ReportDetail report_detail(const CommandLine& line);
void ask_for_details(const CommandLine& line, RunRequest& request);

// --trace-instructions and --trace-mmu, where there is one run.
void add_trace_options(Options& options);

// The files of these options. What was traced is in them even when the run ends badly; then they say so.
class TraceFiles {
public:
    explicit TraceFiles(const CommandLine& line);  // Throws UserError if a file cannot be written, or a range is none.
    // The run must end before this does.
    void attach(RunRequest& request);
    // The run is over. Throws UserError where the disk is full.
    void finish(const RunResult& result);

private:
    struct File {
        TraceRange range;
        std::unique_ptr<trace::LineWriter> writer;  // null without the option
    };
    [[nodiscard]] static File open(const CommandLine& line, const std::string& option);
    [[nodiscard]] static TraceRequest request_of(File& file);
    static void finish(File& file, const RunResult& result);

    File instructions_;
    File mmu_;
};

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
