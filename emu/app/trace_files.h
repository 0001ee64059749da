// What one run writes while it runs: its instructions, its translations.
#pragma once

#include <memory>
#include <string>

#include "emu/app/command_line.h"
#include "emu/machine/run.h"
#include "emu/trace/line_writer.h"

namespace emu::app {

// --trace-instructions and --trace-mmu, where there is one run.
void add_trace_options(Options& options);

// The files of these options. What was traced is in them even when the run ends badly; then they say so.
class TraceFiles {
public:
    explicit TraceFiles(const CommandLine& line);  // Throws UserError if a file cannot be written, or a range is none.
    // The run must end before this does.
    void attach(RunRequest& request);
    // The run is over. Warns in `result` of a trace that holds nothing. Throws UserError where the disk is full.
    void finish(RunResult& result);

private:
    struct File {
        std::string option;
        TraceRange range;
        std::unique_ptr<trace::LineWriter> writer;  // null without the option
        bool is_empty{true};
    };
    [[nodiscard]] static File open(const CommandLine& line, const std::string& option);
    [[nodiscard]] static TraceRequest request_of(File& file);
    static void finish(File& file, RunResult& result);

    File instructions_;
    File mmu_;
};

}  // namespace emu::app
