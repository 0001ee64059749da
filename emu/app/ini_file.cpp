// Boost.Program_options parses; it does not say on which line an entry stood. So lines are handed to it one by one,
// each with the section header in force, and every message can name its line.
#include "emu/app/ini_file.h"

#include <algorithm>
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
    throw UserError{place.text() + ": not a line of an INI file: " + in_quotes(line) + "; write key = value"};
}

po::parsed_options parse_with_section(const std::string& section, const std::string& line, const Place& place) {
    std::istringstream stream{section + "\n" + line};
    try {
        return po::parse_config_file(stream, po::options_description{}, true);
    } catch (const po::error&) {
        refuse(line, place);
    }
}

std::string comment_of(const std::string& line) {
    const auto hash = line.find('#');
    const auto text = hash == std::string::npos ? hash : line.find_first_not_of(" \t", hash + 1);
    return text == std::string::npos ? "" : line.substr(text, line.find_last_not_of(" \t\r") + 1 - text);
}

IniEntry parse_entry(const std::string& section, const std::string& line, const Place& place) {
    const auto parsed = parse_with_section(section, line, place);
    const auto& option = parsed.options.at(0);
    if (option.string_key.empty() || option.string_key.ends_with('.')) refuse(line, place);
    return {option.string_key, option.value.at(0), place.text(), comment_of(line)};
}

void refuse_second(const std::vector<IniEntry>& entries, const IniEntry& entry) {
    const auto first = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.key == entry.key; });
    if (first == entries.end()) return;
    throw UserError{entry.origin + ": " + entry.key + " is set a second time, first in " + first->origin +
                    "; keep one of the lines"};
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
        if (is_section(line)) {
            section = line;
            continue;
        }
        auto entry = parse_entry(section, line, place);
        refuse_second(entries, entry);
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<IniEntry> read_ini_file(const std::string& path) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";  // of UTF-8; some editors begin every file with it
    const auto bytes = read_file(path);
    const std::string text{bytes.begin(), bytes.end()};
    return parse_ini(text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text, path);
}

}  // namespace emu::app
