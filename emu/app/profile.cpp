#include "emu/app/profile.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

constexpr const char* kExtends = "core.extends";

std::string path_of(const DataFiles& files, const std::string& core, const std::string& origin) {
    if (is_core_file(core)) return core;
    const auto cores = files.cores();
    if (std::find(cores.begin(), cores.end(), core) != cores.end()) return files.profile(core);
    std::string known;
    for (const auto& name : cores) known += (known.empty() ? "; there are: " : ", ") + name;
    throw UserError{origin + ": unknown core " + in_quotes(core) + nearest_phrase(nearest_names(core, cores)) + known +
                    "; or name a file: ./my.ini (foldwalk list cores)"};
}

// What `name` in a file means: a path starts at the folder of that file.
std::string relative_to(const std::string& path, const std::string& name) {
    if (!is_core_file(name)) return name;
    return (std::filesystem::path{path}.parent_path() / name).lexically_normal().string();
}

void inherit(std::vector<IniEntry>& own, std::vector<IniEntry> base) {
    std::erase_if(base, [&own](const IniEntry& entry) {
        return std::any_of(own.begin(), own.end(), [&entry](const IniEntry& o) { return o.key == entry.key; });
    });
    own.insert(own.begin(), base.begin(), base.end());
}

// The file at the end of `profile.files`, and what it extends.
void add_chain(const DataFiles& files, Profile& profile) {
    const std::string path = profile.files.back();
    auto entries = read_ini_file(path);
    const auto extends = std::find_if(entries.begin(), entries.end(), [](const auto& e) { return e.key == kExtends; });
    if (extends == entries.end()) return inherit(profile.entries, std::move(entries));
    const IniEntry base = *extends;
    entries.erase(extends);
    inherit(profile.entries, std::move(entries));
    const auto next = path_of(files, relative_to(path, base.value), base.origin);
    if (std::find(profile.files.begin(), profile.files.end(), next) != profile.files.end())
        throw UserError{base.origin + ": core.extends = " + base.value + " goes round in a circle; start from another core"};
    profile.files.push_back(next);
    add_chain(files, profile);
}

void check_complete(const Profile& profile) {
    MachineConfig config;
    const ParameterList keys{config};
    constexpr std::size_t kNamed = 5;
    std::string missing;
    std::size_t count = 0;
    for (const auto& parameter : keys.parameters()) {
        const auto sets = [&parameter](const IniEntry& e) { return e.key == parameter.key; };
        if (!is_core_key(parameter.key) || std::any_of(profile.entries.begin(), profile.entries.end(), sets)) continue;
        if (count++ < kNamed) missing += (missing.empty() ? "" : ", ") + parameter.key;
    }
    if (count == 0) return;
    if (count > kNamed) missing += " and " + std::to_string(count - kNamed) + " more";
    throw UserError{profile.files.front() + ": does not set " + std::to_string(count) +
                    (count == 1 ? " key" : " keys") + " of a core: " + missing +
                    "; set them, or start from another core with core.extends = NAME"};
}

}  // namespace

Confidence confidence_of(const std::string& comment) {
    for (const auto c : {Confidence::Documented, Confidence::Measured, Confidence::Estimated, Confidence::Assumed})
        if (comment.starts_with(confidence_name(c))) return c;
    return Confidence::Unsaid;
}

const char* confidence_name(Confidence confidence) {
    constexpr std::array<const char*, 5> kNames{"documented", "measured", "estimated", "assumed", "not said"};
    return kNames[static_cast<std::size_t>(confidence)];
}

bool is_core_file(const std::string& core) { return core.ends_with(".ini"); }

bool is_core_key(const std::string& key) {
    static constexpr std::array<const char*, 5> kOfTheEmulator{"core.profile", "core.threaded", "core.jit",
                                                               "core.jit_threshold", "mmu.host_tlb"};
    for (const char* name : kOfTheEmulator)
        if (key == name) return false;
    if (key.ends_with("_seed")) return false;
    return key.starts_with("core.") || key.starts_with("cache.") || key.starts_with("memory.") ||
           key.starts_with("mmu.") || key.starts_with("dvm.");
}

Profile read_profile(const DataFiles& files, const std::string& core, const std::string& origin) {
    Profile profile;
    profile.files = {path_of(files, core, origin)};
    profile.title = DataFiles::title_of(profile.files.front());
    add_chain(files, profile);
    if (is_core_file(core)) check_complete(profile);  // of Foldwalk's own, the tests see to that
    return profile;
}

GuestFiles guest_files(const DataFiles& files, const MachineConfig& config) {
    return {files.folder(), read_profile(files, config.core_profile, "core.profile").files};
}

}  // namespace emu::app
