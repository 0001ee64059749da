#include "emu/app/configuration.h"

#include <algorithm>

#include "emu/app/ini_file.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

constexpr const char* kProfileKey = "core.profile";

// The profile has to be known before anything is set: it is the floor on which the rest stands.
Assignment chosen_core(const std::vector<IniEntry>& file, const std::vector<Assignment>& assignments) {
    Assignment chosen{kProfileKey, MachineConfig{}.core_profile, "default"};
    for (const auto& entry : file)
        if (entry.key == kProfileKey) chosen = {entry.key, entry.value, entry.origin};
    for (const auto& assignment : assignments)
        if (assignment.key == kProfileKey) chosen = assignment;
    return chosen;
}

std::vector<IniEntry> read_profile(const DataFiles& files, const Assignment& core) {
    const auto cores = files.cores();
    if (std::find(cores.begin(), cores.end(), core.value) != cores.end())
        return read_ini_file(files.profile(core.value));
    std::string known;
    for (const auto& name : cores) known += (known.empty() ? "; there are: " : ", ") + name;
    throw UserError{core.origin + ": unknown core \"" + core.value + "\"" + known + " (foldwalk list cores)"};
}

}  // namespace

MachineConfig make_config(const DataFiles& files, const ConfigSources& sources) {
    const auto file = sources.file ? read_ini_file(*sources.file) : std::vector<IniEntry>{};
    const auto core = chosen_core(file, sources.assignments);

    MachineConfig config;
    ParameterList keys{config};
    for (const auto& entry : read_profile(files, core)) keys.set(entry.key, entry.value, entry.origin);
    for (const auto& entry : file) keys.set(entry.key, entry.value, entry.origin);
    for (const auto& assignment : sources.assignments) keys.set(assignment.key, assignment.value, assignment.origin);
    keys.set(kProfileKey, core.value, core.origin);
    validate(config.core);
    validate(config.mmu);
    config.timing.validate();
    return config;
}

ConfigSources with(ConfigSources sources, Assignment assignment) {
    sources.assignments.push_back(std::move(assignment));
    return sources;
}

}  // namespace emu::app
