#include "emu/app/output_paths.h"

#include <filesystem>
#include <map>

#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

std::string path_in(const std::string& option, const std::string& text) {
    if (option == "snapshot") return split_snapshot(text).second;
    if (option.starts_with("trace-")) return split_trace(option, text).second;
    return text;
}

}  // namespace

std::pair<std::string, std::string> split_snapshot(const std::string& text) {
    const auto colon = text.find(':');
    const auto phase = colon == std::string::npos ? "" : text.substr(0, colon);
    const auto path = colon == std::string::npos ? text : text.substr(colon + 1);
    if (path.empty()) throw UserError{"--snapshot " + text + ": no file is named; write [PHASE:]FILE"};
    return {phase, path};
}

std::pair<TraceRange, std::string> split_trace(const std::string& option, const std::string& text) {
    const auto colon = text.find(':');
    const auto range = colon == std::string::npos ? std::nullopt : TraceRange::parse(text.substr(0, colon));
    const auto path = range ? text.substr(colon + 1) : text;
    if (path.empty()) throw UserError{"--" + option + " " + text + ": no file is named; write [RANGE:]FILE"};
    return {range.value_or(TraceRange{}), path};
}

void refuse_shared_outputs(const CommandLine& line) {
    std::map<std::filesystem::path, std::string> options;
    for (const char* option : {"json", "folded", "snapshot", "trace-instructions", "trace-mmu", "check-trace"}) {
        const auto text = line.option(option);
        if (!text) continue;
        const auto path = path_in(option, *text);
        // Devices and pipes take what they are given.
        if (std::filesystem::exists(path) && !std::filesystem::is_regular_file(path)) continue;
        const auto [other, is_first] = options.try_emplace(std::filesystem::weakly_canonical(path), option);
        if (!is_first) throw UserError{"--" + other->second + " and --" + option + " would both write " + path + "; name two files"};
    }
}

}  // namespace emu::app
