#include "emu/app/run_identity.h"

#include "mmu/base/config_schema.h"

namespace emu::app {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
    return line;
}

}  // namespace

void identify(RunResult& result, const RunRequest& request) {
    result.name = request.name;
    result.workload = request.workload;
    result.workload_args = joined(request.arguments);
    result.config.clear();
    MachineConfig config = request.config;
    const ParameterList keys{config};
    for (const auto& parameter : keys.parameters()) result.config.emplace_back(parameter.key, parameter.get());
}

RunResult not_started(const RunRequest& request) {
    RunResult result;
    identify(result, request);
    result.stop_reason = "not started, because of an interrupt";
    return result;
}

}  // namespace emu::app
