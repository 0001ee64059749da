// execve: a static ELF program into a fresh address space. Linux: fs/exec.c and fs/binfmt_elf.c.
#pragma once

#include "kernel_model/fs/node.h"
#include "kernel_model/process/task.h"

namespace km {

// Arguments and environment, copied out of the old address space before it goes.
class ExecStrings {
public:
    static constexpr unsigned kMaxStrings = 2048;
    static constexpr unsigned kMaxBytes = 96 << 10;  // Linux: 2 MiB with the usual limit of the stack

    void clear() { count_ = arguments_ = size_ = 0; }
    // 0 or -E2BIG.
    [[nodiscard]] i64 add_argument(const char* text);
    [[nodiscard]] i64 add_environment(const char* text);
    // A null-terminated vector of user strings; 0, -E2BIG, -EFAULT.
    [[nodiscard]] i64 add_user_arguments(u64 vector);
    [[nodiscard]] i64 add_user_environment(u64 vector);
    // An interpreter's path and argument (may be null) and the script take the place of the first argument.
    [[nodiscard]] i64 replace_first(const char* interpreter, const char* argument, const char* script);

    [[nodiscard]] unsigned argument_count() const { return arguments_; }
    [[nodiscard]] unsigned environment_count() const { return count_ - arguments_; }
    [[nodiscard]] const char* bytes() const { return bytes_; }
    [[nodiscard]] unsigned size() const { return size_; }
    [[nodiscard]] unsigned offset(unsigned i) const { return offsets_[i]; }

private:
    [[nodiscard]] i64 add(const char* text);
    [[nodiscard]] i64 add_user(u64 vector);

    unsigned count_{0};
    unsigned arguments_{0};
    unsigned size_{0};
    unsigned offsets_[kMaxStrings];
    char bytes_[kMaxBytes];
};

// The one buffer for them: execve never sleeps.
[[nodiscard]] ExecStrings& exec_strings();

// Gives the current task the program and sets `regs` to its entry. `path` is what AT_EXECFN says. 0 or a negative errno
// with the old address space intact; once that is gone, a failure kills the task.
[[nodiscard]] i64 do_execve(const char* path, ExecStrings& strings, PtRegs& regs);

}  // namespace km
