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

// Without template arguments and the list of parameters: everything inside <> or (). Operators keep their signs.
std::string without_arguments(const std::string& text) {
    if (text.find("operator") != std::string::npos) return text;
    std::string out;
    unsigned depth = 0;
    for (const char c : text) {
        if (c == '<' || c == '(') ++depth;
        if (depth == 0) out += c;
        if (c == '>' || c == ')') --depth;
    }
    return out;
}

std::string short_name(const std::string& symbol) {
    std::string name = demangled_name(symbol);
    if (name == symbol) return symbol;
    erase_all(name, "(anonymous namespace)::");
    name = without_arguments(name);
    erase_all(name, "km::");
    erase_all(name, " const");
    // The type that a function template returns stands before its name.
    const auto space = name.rfind(' ');
    return space == std::string::npos || name.find("operator") != std::string::npos ? name : name.substr(space + 1);
}

}  // namespace

std::string demangled_name(const std::string& symbol) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text{abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free};
    return status == 0 ? text.get() : symbol;
}

std::vector<std::string> readable_names(const std::vector<std::string>& symbols) {
    std::vector<std::string> names;
    std::map<std::string, unsigned> uses;
    for (const std::string& symbol : symbols) ++uses[names.emplace_back(short_name(symbol))];
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        if (uses[names[i]] > 1) names[i] = demangled_name(symbols[i]);
    }
    return names;
}

}  // namespace emu
