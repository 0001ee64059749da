// foldwalk dump-config: every key with its value, as an INI file that --config reads back.
#include <iostream>

#include "emu/app/subcommand.h"
#include "mmu/base/config_schema.h"

namespace emu::app {
namespace {

int dump_config(const CommandLine& line) {
    line.no_positional();
    auto config = make_config(DataFiles::locate(line.option("data")), line.config);
    std::cout << "# Every key of Foldwalk " FOLDWALK_VERSION "; reproduce with: foldwalk run WORKLOAD --config FILE\n\n"
              << ParameterList{config}.dump_ini();
    return kDone;
}

}  // namespace

Subcommand dump_config_subcommand() {
    Subcommand s{"dump-config", "[OPTIONS of run]", "Prints a complete INI file that reproduces a run.", "",
                 {"Options"},   dump_config};
    add_common_options(s.options);
    return s;
}

}  // namespace emu::app
