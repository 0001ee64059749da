// foldwalk: measures what contpte folding costs and gains, on an emulated AArch64 core.
//
//   run, compare    run_guest() on one configuration, or on several side by side
//   replay          the guest memory manager driven by a recorded page-fault trace
//   debug           one run under GDB
//   validate        the model of a core against published measurements
//   list            workloads, cores, statistics, probes, configuration keys, instruction encodings
//   dump-config     an INI file that reproduces a run
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <iostream>

#include "emu/app/help.h"
#include "emu/app/subcommand.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

using Words = std::vector<std::string>;

std::vector<Subcommand> all_subcommands() {
    return {run_subcommand(),   compare_subcommand(), replay_subcommand(),
            debug_subcommand(), validate_subcommand(), list_subcommand(), dump_config_subcommand()};
}

const Subcommand& find_subcommand(const std::vector<Subcommand>& all, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& subcommand : all) {
        if (subcommand.name == name) return subcommand;
        names.push_back(subcommand.name);
    }
    throw UserError{"unknown subcommand \"" + name + "\"" + nearest_phrase(nearest_names(name, names)) +
                    " (foldwalk help)"};
}

bool has_option(const Subcommand& subcommand, const std::string& name) { return subcommand.options.find_nothrow(name, false) != nullptr; }

// "name" of "--name" and "--name=value"; else empty.
std::string option_name(const std::string& word) { return word.starts_with("--") ? word.substr(2, word.find('=') - 2) : ""; }

// An option of other subcommands is no slip of the pen, for which the nearest name would help.
void refuse_options_of_others(const std::vector<Subcommand>& all, const Subcommand& chosen, const Words& words) {
    for (auto word = words.begin(); word != words.end() && *word != "--"; ++word) {
        const std::string name = option_name(*word);
        if (name.empty() || has_option(chosen, name)) continue;
        std::string others;
        for (const auto& other : all)
            if (has_option(other, name)) others += (others.empty() ? "" : ", ") + other.name;
        if (!others.empty()) throw UserError{chosen.name + " has no option --" + name + "; these have: " + others};
    }
}

void set_log_level(const CommandLine& line) {
    const auto name = line.option("log-level").value_or("warn");
    const auto level = spdlog::level::from_str(name);
    if (level == spdlog::level::off && name != "off")
        throw UserError{"--log-level " + name + ": unknown level; allowed: trace, debug, info, warn, error, off"};
    spdlog::set_default_logger(spdlog::stderr_color_mt("foldwalk"));
    spdlog::set_pattern("%l %v");
    spdlog::set_level(level);
}

int help(const std::vector<Subcommand>& all, const Words& words) {
    std::cout << (words.empty() ? overview(all) : help_of(find_subcommand(all, words.front())));
    return kDone;
}

int dispatch(const Words& words) {
    const auto all = all_subcommands();
    if (words.empty()) {
        std::cerr << overview(all);
        return kUserError;
    }
    const Words rest{words.begin() + 1, words.end()};
    if (words[0] == "help" || words[0] == "--help" || words[0] == "-h") return help(all, rest);
    if (words[0] == "--version") {
        std::cout << "foldwalk " FOLDWALK_VERSION "\n";
        return kDone;
    }
    const auto& subcommand = find_subcommand(all, words[0]);
    refuse_options_of_others(all, subcommand, rest);
    const auto line = parse_command_line(subcommand.name, rest, subcommand.options);
    if (line.has("help")) return help(all, {subcommand.name});
    set_log_level(line);
    return subcommand.run(line);
}

}  // namespace
}  // namespace emu::app

int main(int argc, char** argv) {
    try {
        return emu::app::dispatch({argv + 1, argv + argc});
    } catch (const emu::UserError& error) {
        std::cerr << "foldwalk: " << error.what() << "\n";
        return emu::app::kUserError;
    } catch (const std::exception& error) {
        std::cerr << "foldwalk: internal error: " << error.what() << "\n";
        return emu::app::kGuestFailed;
    }
}
