#include "emu/app/manifest.h"

#include <cctype>
#include <set>
#include <sstream>

#include "emu/app/ini_file.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream{text};
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

std::pair<std::string, std::string> split_argument(const std::string& argument) {
    const auto at = argument.find('=');
    if (at == std::string::npos) return {argument, ""};
    return {argument.substr(0, at), argument.substr(at + 1)};
}

constexpr std::uint64_t kLargestArgument = std::uint64_t{1} << 48;  // no count or size of a workload makes sense beyond

void set_field(Workload& workload, const std::string& field, const IniEntry& entry) {
    if (field == "description") workload.description = entry.value;
    if (field == "phases") workload.phases = words_of(entry.value);
    if (field == "compared_footprints") workload.compared_footprints = words_of(entry.value);
    if (field == "checksum") workload.checksum = config_text::parse_unsigned(entry.value, config_text::Suffixes::None);
    if (field == "args")
        for (const auto& word : words_of(entry.value)) workload.defaults.push_back(split_argument(word));
}

void check_key(const Workload& workload, const std::string& key, const std::string& argument) {
    std::string known;
    for (const auto& [name, value] : workload.defaults) {
        if (name == key) return;
        known += " " + name + "=";
    }
    throw UserError{"unknown argument \"" + argument + "\" of " + workload.name + "; it takes" + known +
                    (argument.starts_with("--") ? " (options of Foldwalk stand before --)" : "")};
}

// Workloads read decimal numbers with K, M or G.
std::string checked_value(const Workload& workload, const std::string& key, std::string value) {
    const auto number = config_text::parse_unsigned(value, config_text::Suffixes::Binary);
    const std::string where = workload.name + ": \"" + key + "=" + value + "\"";
    if (!number) throw UserError{where + " has no number; write for example " + key + "=4096 or " + key + "=4M"};
    if (*number > kLargestArgument) throw UserError{where + " is more than a program's address space holds, 256T; write less"};
    if (value.starts_with("0x")) return std::to_string(*number);
    value.back() = static_cast<char>(std::toupper(static_cast<unsigned char>(value.back())));
    return value;
}

}  // namespace

Manifest::Manifest(const DataFiles& files) {
    for (const auto& entry : read_ini_file(files.manifest())) {
        const auto dot = entry.key.rfind('.');
        if (dot == std::string::npos) throw UserError{entry.origin + ": \"" + entry.key + "\" belongs to no workload"};
        set_field(at_name(entry.key.substr(0, dot)), entry.key.substr(dot + 1), entry);
    }
}

Workload& Manifest::at_name(const std::string& name) {
    if (workloads_.empty() || workloads_.back().name != name) {
        workloads_.emplace_back();
        workloads_.back().name = name;
    }
    return workloads_.back();
}

const Workload& Manifest::find(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& workload : workloads_) {
        if (workload.name == name) return workload;
        names.push_back(workload.name);
    }
    throw UserError{"unknown workload \"" + name + "\"" + nearest_phrase(nearest_names(name, names)) +
                    " (all workloads: foldwalk list workloads)"};
}

std::vector<std::string> checked_arguments(const Workload& workload, const std::vector<std::string>& arguments) {
    std::vector<std::string> checked;
    std::set<std::string> given;
    for (const auto& argument : arguments) {
        const auto [key, value] = split_argument(argument);
        check_key(workload, key, argument);
        if (!given.insert(key).second) throw UserError{workload.name + ": " + key + "= is given twice; keep one"};
        checked.push_back(key + "=" + checked_value(workload, key, value));
    }
    return checked;
}

}  // namespace emu::app
