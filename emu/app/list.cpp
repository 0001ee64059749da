// foldwalk list: what there is to name on the command line and to find in a result.
#include <array>
#include <iostream>

#include "emu/app/list_cores.h"
#include "emu/app/list_encodings.h"
#include "emu/app/manifest.h"
#include "emu/app/subcommand.h"
#include "emu/machine/run.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/counters.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

void list_workloads(const CommandLine& line) {
    const Manifest manifest{DataFiles::locate(line.option("data"))};
    for (const auto& workload : manifest.workloads()) {
        std::cout << workload.name << ": " << workload.description << "\n   ";
        for (const auto& [key, value] : workload.defaults) std::cout << " " << key << "=" << value;
        std::cout << "; phases:";
        for (const auto& phase : workload.phases) std::cout << " " << phase;
        std::cout << "\n";
    }
}

void list_stats(const CommandLine&) {
    for (const auto& event : mmu::kEvents) {
        std::cout << event.name;
        if (event.number != mmu::kNoPmuNumber)
            std::cout << " (PMU event 0x" << std::hex << event.number << std::dec << ")";
        std::cout << ": " << event.sentence << " [" << event.unit << "]\n";
    }
}

void list_probes(const CommandLine&) {
    for (const auto& probe : standard_probes()) std::cout << probe.function << ": " << probe.sentence << "\n";
}

void list_keys(const CommandLine&) {
    MachineConfig config;
    const ParameterList keys{config};
    for (const auto& p : keys.parameters())
        std::cout << p.key << " = " << p.get() << ": " << p.sentence << " (" << p.allowed << ")\n";
}

struct List {
    const char* name;
    void (*print)(const CommandLine&);
};
constexpr std::array<List, 6> kLists{{{"workloads", list_workloads},
                                      {"cores", list_cores},
                                      {"stats", list_stats},
                                      {"probes", list_probes},
                                      {"keys", list_keys},
                                      {"encodings", list_encodings}}};

int list(const CommandLine& line) {
    line.no_arguments();
    const bool names_a_core = !line.positional.empty() && line.positional[0] == "cores";
    const auto& name = names_a_core ? line.positional[0] : line.only_positional("list");
    std::vector<std::string> names;
    for (const auto& candidate : kLists) {
        if (name != candidate.name) {
            names.emplace_back(candidate.name);
            continue;
        }
        if (line.has("class") && name != "encodings") throw UserError{"--class chooses among list encodings; it says nothing of list " + name};
        candidate.print(line);
        return kDone;
    }
    std::string all;
    for (const auto& known : names) all += (all.empty() ? "" : ", ") + known;
    throw UserError{"list: unknown list \"" + name + "\"" + nearest_phrase(nearest_names(name, names)) + "; there are: " + all};
}

}  // namespace

Subcommand list_subcommand() {
    Subcommand s{"list",
                 "workloads|cores [NAME]|stats|probes|keys|encodings",
                 "Lists what can be named.",
                 "cores NAME (or FILE.ini): every figure of a core, its range, how sure it is, and its source.\n"
                 "keys shows default values; those of a core are in dump-config --core NAME.\n"
                 "encodings: row, mnemonic, feature, timing class, and what proves that it executes as the architecture says.",
                 {"Options"},
                 list};
    add_common_options(s.options);
    add_encoding_options(s.options);
    return s;
}

}  // namespace emu::app
