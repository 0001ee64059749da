// From the command line to the configuration of a machine: default values, then the core's profile, then --config, then
// --set and the options that are short names of keys, in the order typed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emu/app/data_files.h"
#include "emu/machine/config.h"

namespace emu::app {

struct Assignment {
    std::string key;
    std::string value;
    std::string origin;  // "--set", "--thp", for messages
};

// Which files and assignments make a configuration.
struct ConfigSources {
    std::optional<std::string> file;  // --config
    std::vector<Assignment> assignments;
};

// Throws UserError on unknown keys, values that are not allowed or contradict one another, and unknown cores.
[[nodiscard]] MachineConfig make_config(const DataFiles& files, const ConfigSources& sources);

// `sources` with one more assignment.
[[nodiscard]] ConfigSources with(ConfigSources sources, Assignment assignment);

}  // namespace emu::app
