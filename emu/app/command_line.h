// What the user typed after `foldwalk SUBCOMMAND`.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emu/app/configuration.h"

namespace emu::app {

struct CommandLine {
    std::vector<std::string> typed;       // everything after the program's name, for the result file
    std::vector<std::string> positional;  // WORKLOAD, TRACE, ...
    std::vector<std::string> arguments;   // after --
    ConfigSources config;
    std::map<std::string, std::string> options;  // the others by name; a flag's value is empty
    std::vector<std::string> probes;             // --probe
    std::vector<std::string> files;              // --file
    std::vector<std::string> environment;        // --env

    [[nodiscard]] bool has(const std::string& option) const { return options.contains(option); }
    [[nodiscard]] std::optional<std::string> option(const std::string& name) const;
    // The one positional argument. Throws UserError when it is missing or there are more.
    [[nodiscard]] const std::string& only_positional(const std::string& what) const;
    void no_positional() const;  // Throws UserError when there is one.
    void no_arguments() const;   // Throws UserError when there is one.
};

using Options = boost::program_options::options_description;

// Options of every subcommand that runs or describes a machine.
void add_common_options(Options& options);

// `words` are what follows the subcommand. Throws UserError on unknown options (naming the nearest) and missing values.
[[nodiscard]] CommandLine parse_command_line(const std::string& subcommand, const std::vector<std::string>& words,
                                             const Options& options);

}  // namespace emu::app
