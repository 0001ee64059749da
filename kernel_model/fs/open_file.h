// Open files and the descriptors of a task. Linux: struct file, struct files_struct.
#pragma once

#include "kernel_model/fs/node.h"
#include "kernel_model/process/task.h"

namespace km {

inline constexpr u64 O_ACCMODE = 3, O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0100, O_EXCL = 0200,
                     O_TRUNC = 01000, O_APPEND = 02000, O_NONBLOCK = 04000, O_DIRECTORY = 040000, O_NOFOLLOW = 0100000,
                     O_CLOEXEC = 02000000, O_TMPFILE = 020000000;

// Shared by the descriptors that fork and dup made.
struct OpenFile {
    Node* node{nullptr};
    u64 offset{0};        // of a directory: entries already read
    u64 flags{0};         // O_*
    unsigned references{0};

    [[nodiscard]] bool readable() const { return (flags & O_ACCMODE) != O_WRONLY; }
    [[nodiscard]] bool writable() const { return (flags & O_ACCMODE) != O_RDONLY; }
};

// 0, 1 and 2 of the first task: `input` (null: nothing to read) and the console's two streams. False: no memory.
[[nodiscard]] bool open_standard_files(Task& task, Node* input);
// The child shares the parent's open files.
void share_files(Task& child, const Task& parent);
void close_all_files(Task& task);
// Those with O_CLOEXEC, at execve.
void close_files_on_exec(Task& task);

// A use of the node; its references are 0 until it has a descriptor. Null: too many open files in the system.
[[nodiscard]] OpenFile* new_open_file(Node& node, u64 flags);
// Gives back an open file that never got a descriptor.
void drop_open_file(OpenFile& open);

// All return Linux's results: a descriptor or a negative errno.
// The lowest free descriptor from `lowest` on.
[[nodiscard]] i64 install_file(Task& task, OpenFile& open, u64 lowest, bool close_on_exec);
// Exactly `fd`, which is closed first.
[[nodiscard]] i64 install_file_at(Task& task, OpenFile& open, u64 fd, bool close_on_exec);
[[nodiscard]] i64 close_file(Task& task, u64 fd);
// Null: not open.
[[nodiscard]] OpenFile* open_file(const Task& task, u64 fd);

}  // namespace km
