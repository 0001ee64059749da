#include "emu/debug/monitor.h"

#include <span>
#include <sstream>
#include <vector>

namespace emu::debug {
namespace {

using Words = std::vector<std::string>;

struct Command {
    const char* name;
    const char* operands;
    const char* sentence;
    std::string (*run)(Machine&, Pe&, const Words&);
};

std::string symbols(Machine& machine, Pe&, const Words&) {
    const RunRequest& request = machine.request();
    const std::string folder = request.files.folder;
    return "add-symbol-file " + folder + "/kernel-" + contpte_name(request.config.kernel.contpte) + ".elf\n" +
           "add-symbol-file " + folder + "/programs/" + request.workload + "\n";
}

std::span<const Command> commands();

std::string help(Machine&, Pe&, const Words&) {
    std::string out;
    for (const Command& c : commands()) {
        std::string left = std::string{c.name} + " " + c.operands;
        left.resize(std::max<std::size_t>(left.size(), 28), ' ');
        out += "monitor " + left + "  " + c.sentence + "\n";
    }
    return out;
}

constexpr Command kCommands[] = {
    {"help", "", "this", help},
    {"symbols", "", "GDB commands that load the symbols of kernel and program", symbols},
};

std::span<const Command> commands() { return kCommands; }

}  // namespace

std::string monitor_command(Machine& machine, Pe& pe, const std::string& command) {
    std::istringstream text{command};
    std::string name;
    text >> name;
    Words words;
    for (std::string word; text >> word;) words.push_back(word);
    for (const Command& c : kCommands) {
        if (name == c.name) return c.run(machine, pe, words);
    }
    return "unknown command \"" + name + "\"; monitor help lists them\n";
}

}  // namespace emu::debug
