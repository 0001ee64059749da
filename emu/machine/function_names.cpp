#include "emu/machine/function_names.h"

#include <cxxabi.h>

#include <cstdlib>
#include <map>
#include <memory>

namespace emu {
namespace {

void erase_all(std::string& text, const std::string& part) {
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part)) text.erase(at, part.size());
}

// Which of a signature's arguments a name keeps.
enum class Keep { Nothing, TemplateArguments };

// Without the list of parameters, and without template arguments where they are not kept: everything inside () or <>.
// Operators keep their signs.
std::string without_arguments(const std::string& text, Keep keep) {
    if (text.find("operator") != std::string::npos) return text;
    const bool angles = keep == Keep::Nothing;
    std::string out;
    unsigned depth = 0;
    for (const char c : text) {
        if (c == '(' || (angles && c == '<')) ++depth;
        if (depth == 0) out += c;
        if (c == ')' || (angles && c == '>')) --depth;
    }
    return out;
}

// The type that a function template returns stands before its name.
std::string without_type(const std::string& name) {
    if (name.find("operator") != std::string::npos) return name;
    const auto space = name.substr(0, name.find('<')).rfind(' ');
    return space == std::string::npos ? name : name.substr(space + 1);
}

std::string short_name(const std::string& symbol, Keep keep) {
    std::string name = demangled_name(symbol);
    if (name == symbol) return symbol;
    erase_all(name, "(anonymous namespace)::");
    name = without_arguments(name, keep);
    erase_all(name, "km::");
    erase_all(name, " const");
    return without_type(name);
}

// Puts the name that `longer` makes in the place of each that several symbols have.
template <class Longer>
void tell_apart(std::vector<std::string>& names, const std::vector<std::string>& symbols, Longer longer) {
    std::map<std::string, unsigned> uses;
    for (const std::string& name : names) ++uses[name];
    for (std::size_t i = 0; i < names.size(); ++i)
        if (uses[names[i]] > 1) names[i] = longer(symbols[i]);
}

}  // namespace

std::string demangled_name(const std::string& symbol) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text{abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free};
    return status == 0 ? text.get() : symbol;
}

std::vector<std::string> readable_names(const std::vector<std::string>& symbols) {
    std::vector<std::string> names;
    for (const std::string& symbol : symbols) names.push_back(short_name(symbol, Keep::Nothing));
    tell_apart(names, symbols, [](const std::string& symbol) { return short_name(symbol, Keep::TemplateArguments); });
    tell_apart(names, symbols, demangled_name);
    return names;
}

}  // namespace emu
