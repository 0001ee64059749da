// Boost.Program_options parses; it does not say on which line an entry stood. So lines are handed to it one by one,
// each with the section header in force, and every message can name its line.
#include "emu/app/ini_file.h"

#include <boost/program_options.hpp>
#include <sstream>

#include "emu/memory/file.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

namespace po = boost::program_options;

struct Place {
    std::string file;
    std::size_t line{0};

    [[nodiscard]] std::string text() const { return file + ":" + std::to_string(line); }
};

bool is_comment_or_blank(const std::string& line) {
    const auto first = line.find_first_not_of(" \t\r");
    return first == std::string::npos || line[first] == '#' || line[first] == ';';
}

bool is_section(const std::string& line) {
    const auto first = line.find_first_not_of(" \t\r");
    return line[first] == '[' && line.find(']', first) != std::string::npos;
}

[[noreturn]] void refuse(const std::string& line, const Place& place) {
    throw UserError{place.text() + ": not a line of an INI file: \"" + line + "\"; write key = value"};
}

po::parsed_options parse_with_section(const std::string& section, const std::string& line, const Place& place) {
    std::istringstream stream{section + "\n" + line};
    try {
        return po::parse_config_file(stream, po::options_description{}, true);
    } catch (const po::error&) {
        refuse(line, place);
    }
}

IniEntry parse_entry(const std::string& section, const std::string& line, const Place& place) {
    const auto parsed = parse_with_section(section, line, place);
    const auto& option = parsed.options.at(0);
    if (option.string_key.empty() || option.string_key.ends_with('.')) refuse(line, place);
    return {option.string_key, option.value.at(0), place.text()};
}

}  // namespace

std::vector<IniEntry> parse_ini(const std::string& text, const std::string& name) {
    std::vector<IniEntry> entries;
    std::istringstream lines{text};
    std::string section;
    Place place{name, 0};
    for (std::string line; std::getline(lines, line);) {
        ++place.line;
        if (is_comment_or_blank(line)) continue;
        if (is_section(line))
            section = line;
        else
            entries.push_back(parse_entry(section, line, place));
    }
    return entries;
}

std::vector<IniEntry> read_ini_file(const std::string& path) {
    const auto bytes = read_file(path);
    return parse_ini({bytes.begin(), bytes.end()}, path);
}

}  // namespace emu::app
