// foldwalk dump-config: every key with its value, as an INI file that --config reads back.
#include <filesystem>
#include <iostream>

#include "emu/app/profile.h"
#include "emu/app/subcommand.h"
#include "mmu/base/config_schema.h"

namespace emu::app {
namespace {

std::string chain_text(const DataFiles& files, const std::string& core) {
    std::string text;
    for (const auto& file : read_profile(files, core, "core.profile").files) text += (text.empty() ? "" : ", which extends ") + file;
    return text;
}

int dump_config(const CommandLine& line) {
    line.no_positional();
    line.no_arguments();
    const auto files = DataFiles::locate(line.option("data"));
    auto config = make_config(files, line.config);
    // The dump may be used from another folder.
    if (is_core_file(config.core_profile)) config.core_profile = std::filesystem::absolute(config.core_profile).lexically_normal().string();
    std::cout << "# Every key of Foldwalk " FOLDWALK_VERSION "; reproduce with: foldwalk run WORKLOAD --config FILE\n"
              << "# Core: " << chain_text(files, config.core_profile) << "\n\n"
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
