// Rows of printed tables, for tests.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace emu::sample {

// The line that begins with `label`; empty if there is none.
inline std::string row_of(const std::string& text, const std::string& label) {
    const auto at = text.find("\n" + label + " ");
    if (at == std::string::npos) return "";
    return text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

inline std::vector<std::string> words(const std::string& line) {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < line.size();) {
        const auto begin = line.find_first_not_of(' ', at);
        if (begin == std::string::npos) break;
        at = std::min(line.find(' ', begin), line.size());
        found.push_back(line.substr(begin, at - begin));
    }
    return found;
}

}  // namespace emu::sample
