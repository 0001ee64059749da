#include "emu/app/check_options.h"

#include <boost/program_options.hpp>

#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"

namespace emu::app {

void add_check_options(Options& options) {
    namespace po = boost::program_options;
    auto add = options.add_options();
    add("check",
        "judge the guest's page-table maintenance (break before make, TLBIs, barriers, contiguous groups ...) by the architecture's "
        "rules; errors are reported and give exit status 1");
    add("check-limit", po::value<std::string>()->value_name("N"), "with --check: errors told in full, 10 without it");
}

void add_check_trace_option(Options& options) {
    namespace po = boost::program_options;
    options.add_options()("check-trace", po::value<std::string>()->value_name("FILE"),
                          "write what --check judges (descriptor writes, TLBIs, barriers, registers) in casemate's format; "
                          "implies --check. Compressed where the name ends in .zst or .gz");
}

CheckRequest check_request(const CommandLine& line) {
    CheckRequest request;
    request.wanted = line.has("check") || line.has("check-trace");
    const auto limit = line.option("check-limit");
    if (!limit) return request;
    if (!request.wanted) throw UserError{"--check-limit without --check: add --check"};
    const auto number = config_text::parse_unsigned(*limit, config_text::Suffixes::None);
    if (!number) throw UserError{"--check-limit " + *limit + ": write a number, as --check-limit 10"};
    request.limit = *number;
    return request;
}

CheckTraceFile::CheckTraceFile(const CommandLine& line) {
    if (const auto path = line.option("check-trace")) writer_ = std::make_unique<trace::LineWriter>(*path);
}

void CheckTraceFile::attach(RunRequest& request) {
    if (!writer_) return;
    request.check.wanted = true;
    request.check.trace = [this](const std::string& text) { writer_->write(text); };
}

void CheckTraceFile::finish(const RunResult& result) {
    if (!writer_) return;
    result.complete ? writer_->finish() : writer_->truncated(result.stop_reason);
}

}  // namespace emu::app
