#include "emu/app/help.h"

#include <boost/program_options.hpp>
#include <sstream>

namespace emu::app {

std::string overview(const std::vector<Subcommand>& all) {
    std::ostringstream text;
    text << "foldwalk measures what contpte folding costs and gains on an emulated AArch64 core.\n\n";
    for (const auto& s : all) text << "  foldwalk " << s.name << " " << s.operands << "\n      " << s.sentence << "\n";
    text << "  foldwalk help [SUBCOMMAND]\n      this, or the options of one subcommand\n\n"
         << "Exit status: 0 done; 1 the guest failed, was interrupted, or the runs are not comparable; 2 a mistake in "
            "what was asked.\n";
    return text.str();
}

std::string help_of(const Subcommand& subcommand) {
    std::ostringstream text;
    text << "foldwalk " << subcommand.name << " " << subcommand.operands << "\n\n" << subcommand.sentence << "\n";
    if (!subcommand.details.empty()) text << subcommand.details << "\n";
    text << "\n" << subcommand.options;
    return text.str();
}

}  // namespace emu::app
