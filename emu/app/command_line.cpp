#include "emu/app/command_line.h"

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <cctype>

#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

namespace po = boost::program_options;

// Options that are short names of keys.
struct ShortName {
    const char* option;
    const char* key;
    const char* value;
    const char* sentence;
};
constexpr std::array<ShortName, 8> kShortNames{{
    {"core", "core.profile", "NAME|FILE.ini",
     "profile of the core (default neoverse-n1; see list cores), or a file of your own"},
    {"contpte", "kernel.contpte", "on|nofold|off",
     "guest image: contpte as in Linux, compiled in but never folding, or compiled out"},
    {"thp", "kernel.thp_anon", "SIZES:POLICY", "anonymous folios, as 64K:always, 16K-64K:always;2M:inherit, or never"},
    {"mode", "machine.mode", "cycle|functional", "with or without the timing model"},
    {"fast-forward", "machine.fast_forward", "phase|N", "time nothing before the first phase of interest, or N instructions (100M); caches stay warm"},
    {"sample", "machine.sample", "PERIOD:UNIT", "of each PERIOD instructions time UNIT (10M:200k), and estimate the rest"},
    {"memory", "machine.memory", "SIZE", "guest RAM, as 1G"},
    {"seed", "kernel.seed", "N", "order of free memory and place of the stack; 0 (default): ascending, and at the end of the address space"},
}};

const ShortName* find_short_name(const std::string& option) {
    const auto at =
        std::find_if(kShortNames.begin(), kShortNames.end(), [&](const auto& s) { return s.option == option; });
    return at == kShortNames.end() ? nullptr : &*at;
}

Assignment parse_assignment(const std::string& text) {
    const auto at = text.find('=');
    if (at == std::string::npos || at == 0) throw UserError{"--set " + text + ": write --set KEY=VALUE"};
    return {text.substr(0, at), text.substr(at + 1), "--set"};
}

[[noreturn]] void throw_usage(const std::string& subcommand, const std::string& what) {
    throw UserError{subcommand + ": " + what + " (foldwalk " + subcommand + " --help)"};
}

// A word after an option whose value may be left out is that value only where it can be: "--ledger 30", "--ledger all". Any
// other is what the user runs.
bool is_optional_value(const std::string& word) {
    return word == "all" || std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool may_stand_alone(const Options& options, const po::option& option) {
    const auto* const known = options.find_nothrow(option.string_key, false);
    return known != nullptr && known->semantic()->min_tokens() == 0 && known->semantic()->max_tokens() != 0;
}

// Boost gives such an option whatever word comes next.
std::vector<po::option> with_words_returned(const std::vector<po::option>& parsed, const Options& options) {
    std::vector<po::option> out;
    for (const auto& option : parsed) {
        out.push_back(option);
        const bool from_next_word = option.original_tokens.size() == 2 && option.position_key < 0;
        if (!from_next_word || !may_stand_alone(options, option) || is_optional_value(option.value[0])) continue;
        out.back().value.clear();
        po::option word{"positional", option.value};
        word.position_key = 0;
        out.push_back(word);
    }
    return out;
}

void take(CommandLine& line, const po::option& option) {
    const std::string value = option.value.empty() ? "" : option.value[0];
    if (option.position_key >= 0)
        line.positional.push_back(value);
    else if (const auto* name = find_short_name(option.string_key))
        line.config.assignments.push_back({name->key, value, "--" + option.string_key});
    else if (option.string_key == "set")
        line.config.assignments.push_back(parse_assignment(value));
    else if (option.string_key == "probe")
        line.probes.push_back(value);
    else if (option.string_key == "file")
        line.files.push_back(value);
    else if (option.string_key == "env")
        line.environment.push_back(value);
    else if (!line.options.emplace(option.string_key, value).second && line.options[option.string_key] != value)
        throw_usage(line.typed.front(), "--" + option.string_key + " is given twice; keep one");
}

// An empty word, as of a script's variable that is not set, names nothing; a dash would be a file of this name.
void refuse_empty_and_dash(const std::string& subcommand, const po::option& option) {
    const std::string value = option.value.empty() ? "none" : option.value[0];
    const bool is_word = option.position_key >= 0;
    if (value.empty() && is_word) throw_usage(subcommand, "an empty word is given; leave it out");
    if (value.empty() && option.original_tokens.size() == 2)
        throw_usage(subcommand, "--" + option.string_key + " is given an empty value; leave it out, or say which");
    if (value == "-" && !is_word)
        throw_usage(subcommand, "--" + option.string_key + " -: a dash names no file; write /dev/stdout or /dev/stdin, or ./- for a file of this name");
}

std::vector<std::string> long_names(const Options& options) {
    std::vector<std::string> names;
    for (const auto& option : options.options()) names.push_back("--" + option->long_name());
    return names;
}

std::vector<po::option> parse_words(const std::string& subcommand, const std::vector<std::string>& words,
                                    const Options& options) {
    namespace style = po::command_line_style;
    const po::positional_options_description positional = po::positional_options_description{}.add("positional", -1);
    try {
        // Abbreviations are refused: an option added later must not change what a script means.
        const auto parsed =
            po::command_line_parser{words}.options(options).positional(positional).style(style::unix_style & ~style::allow_guessing).run();
        return with_words_returned(parsed.options, options);
    } catch (const po::unknown_option& error) {
        const auto near = nearest_phrase(nearest_names(error.get_option_name(), long_names(options)));
        throw_usage(subcommand, "unknown option " + error.get_option_name() + near);
    } catch (const po::error& error) {
        throw_usage(subcommand, error.what());
    }
}

}  // namespace

std::optional<std::string> CommandLine::option(const std::string& name) const {
    const auto at = options.find(name);
    return at == options.end() ? std::nullopt : std::optional{at->second};
}

const std::string& CommandLine::only_positional(const std::string& what) const {
    const auto& subcommand = typed.front();
    if (positional.empty()) throw_usage(subcommand, "no " + what + " named");
    const char* const hint = what == "workload" ? "; arguments of a workload stand after --" : "";
    if (positional.size() > 1) throw_usage(subcommand, "\"" + positional[1] + "\" is one word too many" + hint);
    return positional.front();
}

void CommandLine::no_arguments() const {
    if (!arguments.empty()) throw_usage(typed.front(), "\"" + arguments.front() + "\" stands after --, and nothing here takes arguments");
}

void CommandLine::no_positional() const {
    if (!positional.empty()) throw_usage(typed.front(), "\"" + positional.front() + "\" is one word too many");
}

void add_common_options(Options& options) {
    auto add = options.add_options();
    for (const auto& name : kShortNames)
        add(name.option, po::value<std::string>()->value_name(name.value), name.sentence);
    const auto value = [](const char* name) { return po::value<std::string>()->value_name(name); };
    add("config", value("FILE"), "INI file with any of the keys (see dump-config)");
    add("set", value("KEY=VALUE"), "set one key; may be given several times (see list keys)");
    add("data", value("DIR"), "folder of the built guest, its manifest and the core profiles");
    add("log-level", value("LEVEL"), "trace, debug, info, warn (default), error or off; logs go to standard error");
    add("help", "print this");
}

CommandLine parse_command_line(const std::string& subcommand, const std::vector<std::string>& words,
                               const Options& options) {
    const auto dashes = std::find(words.begin(), words.end(), "--");
    Options all;
    all.add(options);
    all.add_options()("positional", po::value<std::vector<std::string>>());

    CommandLine line;
    line.typed.push_back(subcommand);
    line.typed.insert(line.typed.end(), words.begin(), words.end());
    if (dashes != words.end()) line.arguments.assign(dashes + 1, words.end());
    for (const auto& option : parse_words(subcommand, {words.begin(), dashes}, all)) {
        refuse_empty_and_dash(subcommand, option);
        take(line, option);
    }
    line.config.file = line.option("config");
    return line;
}

}  // namespace emu::app
