// execve: a static ELF program of the initrd into a fresh address space. Linux: fs/exec.c and fs/binfmt_elf.c.
#pragma once

#include "kernel_model/process/task.h"

namespace km {

// Path, arguments and environment, copied out of the old address space before it goes.
class ExecStrings {
public:
    static constexpr unsigned kMaxStrings = 64;
    static constexpr unsigned kMaxBytes = 3072;

    // False: too long or too many (E2BIG).
    [[nodiscard]] bool add_argument(const char* text);
    [[nodiscard]] bool add_environment(const char* text);

    [[nodiscard]] unsigned argument_count() const { return arguments_; }
    [[nodiscard]] unsigned environment_count() const { return count_ - arguments_; }
    [[nodiscard]] const char* bytes() const { return bytes_; }
    [[nodiscard]] unsigned size() const { return size_; }
    [[nodiscard]] unsigned offset(unsigned i) const { return offsets_[i]; }

private:
    [[nodiscard]] bool add(const char* text);

    unsigned count_{0};
    unsigned arguments_{0};
    unsigned size_{0};
    unsigned offsets_[kMaxStrings];
    char bytes_[kMaxBytes];
};

// Gives the current task the program and sets `regs` to its entry. 0 or a negative errno with the old address space
// intact; once that is gone, a failure kills the task.
[[nodiscard]] i64 do_execve(const char* path, const ExecStrings& strings, PtRegs& regs);

}  // namespace km
