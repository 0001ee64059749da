#include "emu/app/configuration.h"

#include <algorithm>
#include <cctype>

#include "emu/app/ini_file.h"
#include "emu/app/profile.h"
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

// All that is to be set, in order.
std::vector<Assignment> collect(const std::vector<IniEntry>& profile, const std::vector<IniEntry>& file,
                                const ConfigSources& sources, const Assignment& core) {
    std::vector<Assignment> all;
    for (const auto* entries : {&profile, &file})
        for (const auto& entry : *entries) all.push_back({entry.key, entry.value, entry.origin});
    all.insert(all.end(), sources.assignments.begin(), sources.assignments.end());
    all.push_back(core);
    return all;
}

bool mentions(const std::string& text, const std::string& key) {
    const auto is_inside = [&text](std::size_t at) {
        return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
    };
    for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + 1))
        if (!(at > 0 && (is_inside(at - 1) || text[at - 1] == '.')) && !is_inside(at + key.size())) return true;
    return false;
}

// A contradiction names keys; this adds where each was set.
UserError with_places(const UserError& error, const std::vector<Assignment>& all) {
    const std::string text = error.what();
    std::string places;
    for (auto a = all.begin(); a != all.end(); ++a) {
        const auto sets_again = [&a](const Assignment& later) { return later.key == a->key; };
        if (!mentions(text, a->key) || std::any_of(a + 1, all.end(), sets_again)) continue;
        places += (places.empty() ? " (" : ", ") + a->key + " = " + a->value + ": " + a->origin;
    }
    return UserError{text + places + (places.empty() ? "" : ")")};
}

// Functional mode times nothing: what chooses the part to be timed would be forgotten in silence.
void refuse_timing_without_time(const MachineConfig& config) {
    if (config.mode == Mode::Cycle) return;
    for (const auto& [key, value] : {std::pair{"machine.sample", config.sampling.sample}, {"machine.fast_forward", config.sampling.fast_forward}})
        if (value != "off") throw UserError{std::string{key} + " says what to time, and machine.mode = functional times nothing; leave one out"};
}

// The guest kernel maps and hands out whole pages.
void refuse_parts_of_pages(const MachineConfig& config) {
    constexpr std::uint64_t kPage = 4096;
    if (config.memory % kPage != 0) throw UserError{"machine.memory is no whole number of 4K pages"};
}

}  // namespace

MachineConfig make_config(const DataFiles& files, const ConfigSources& sources) {
    const auto file = sources.file ? read_ini_file(*sources.file) : std::vector<IniEntry>{};
    const auto core = chosen_core(file, sources.assignments);
    const auto all = collect(read_profile(files, core.value, core.origin).entries, file, sources, core);

    MachineConfig config;
    ParameterList keys{config};
    for (const auto& [key, value, origin] : all) keys.set(key, value, origin);
    try {
        validate(config.core);
        validate(config.mmu);
        config.timing.validate();
        refuse_timing_without_time(config);
        refuse_parts_of_pages(config);
    } catch (const UserError& error) {
        throw with_places(error, all);
    }
    return config;
}

ConfigSources with(ConfigSources sources, Assignment assignment) {
    sources.assignments.push_back(std::move(assignment));
    return sources;
}

}  // namespace emu::app
