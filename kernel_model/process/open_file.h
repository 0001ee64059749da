// Files of the initrd and the console, as programs see them.
#pragma once

#include "kernel_model/process/initrd.h"
#include "kernel_model/process/task.h"

namespace km {

// Shared by the descriptors that fork and dup made. Linux: struct file.
struct OpenFile {
    InitrdFile* file{nullptr};  // null: the console
    u64 offset{0};
    unsigned references{0};
};

// 0, 1 and 2 are the console.
void open_console(Task& task);
// The child shares the parent's open files.
void share_files(Task& child, const Task& parent);
void close_all_files(Task& task);

// All return Linux's results: a descriptor or a negative errno.
[[nodiscard]] i64 open_initrd_file(Task& task, const char* path);
[[nodiscard]] i64 close_file(Task& task, u64 fd);
// Null: not open.
[[nodiscard]] OpenFile* open_file(const Task& task, u64 fd);

}  // namespace km
