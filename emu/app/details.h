// Looking closer at one run: cycles by function, misses by class, state as data.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "emu/app/command_line.h"
#include "emu/app/output_file.h"
#include "emu/machine/run.h"
#include "emu/report/text_report.h"

namespace emu::app {

// --ledger, --folded, --explain-misses and --snapshot, where there is one run.
void add_detail_options(Options& options);
// The files of --folded and --snapshot, opened at once.
class DetailFiles {
public:
    explicit DetailFiles(const CommandLine& line);  // Throws UserError.
    void attach(RunRequest& request) const;
    // Writes them, and prints the snapshots' tables to `out`, unless it is null.
    void write(const RunResult& result, std::ostream* out);

private:
    std::optional<std::string> phase_;  // of --snapshot
    std::optional<OutputFile> snapshot_;
    std::optional<OutputFile> folded_;
};

// What they ask for: of the report, and of the run. Throws UserError.
[[nodiscard]] ReportDetail report_detail(const CommandLine& line);
void ask_for_details(const CommandLine& line, RunRequest& request);

}  // namespace emu::app
