// A mistake of the user: an unknown key, a file that cannot be read, a value out of range.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace emu {

// What the user wrote, in quotation marks and not longer than a line.
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
    constexpr std::size_t kMost = 60;
    return "\"" + std::string{text.substr(0, kMost)} + (text.size() > kMost ? "...\"" : "\"");
}

// what() is one line: what is wrong, where, and how to mend it. Thrown anywhere outside the run loop,
// caught only in main, which prints it and exits with status 2.
class UserError : public std::runtime_error {
public:
    explicit UserError(const std::string& line) : std::runtime_error{printable(line)} {}

private:
    // A message may quote a file that is no text: a terminal must not obey it, and a zero must not end it.
    [[nodiscard]] static std::string printable(std::string line) {
        constexpr char kSpace = ' ';
        constexpr char kDelete = 0x7f;
        const auto is_control = [](char c) { return (c >= 0 && c < kSpace) || c == kDelete; };
        std::replace_if(line.begin(), line.end(), is_control, '?');
        return line;
    }
};

}  // namespace emu
