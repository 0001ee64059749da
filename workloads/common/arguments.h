// Arguments as key=value. Sizes take K, M or G. A program asks for each of its keys, then calls finish().
#pragma once

#include "workloads/common/types.h"

class Arguments {
public:
    Arguments(int argc, char** argv) : count_{argc}, text_{argv} {}

    // The value of `key`, or the default. Ends the program on a malformed number.
    u64 number(const char* key, u64 default_value);
    // Ends the program (status 2) if a key was given that nobody asked for, and names those that exist.
    void finish();
    // Strings of the environment, which follows the arguments on the stack.
    [[nodiscard]] unsigned environment_count() const;

private:
    static constexpr unsigned kMaxKeys = 8;

    int count_;
    char** text_;
    const char* keys_[kMaxKeys]{};
    unsigned key_count_{0};
};
