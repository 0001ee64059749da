// A mistake of the user: an unknown key, a file that cannot be read, a value out of range.
#pragma once

#include <stdexcept>
#include <string>

namespace emu {

// what() is one line: what is wrong, where, and how to mend it. Thrown anywhere outside the run loop,
// caught only in main, which prints it and exits with status 2.
class UserError : public std::runtime_error {
public:
    explicit UserError(const std::string& line) : std::runtime_error{line} {}
};

}  // namespace emu
