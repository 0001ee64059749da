// From a path to a node. Linux: fs/namei.c, path_resolution(7). Everyone is root: nothing is refused.
#pragma once

#include "kernel_model/fs/node.h"
#include "kernel_model/process/task.h"

namespace km {

inline constexpr int AT_FDCWD = -100;

// The flags of the *at calls that the lookup itself knows.
inline constexpr u64 AT_SYMLINK_NOFOLLOW = 0x100;
inline constexpr u64 AT_EMPTY_PATH = 0x1000;

struct Lookup {
    i64 error{0};           // 0 or a negative errno; ENOENT with a parent: only the last component is missing
    Node* parent{nullptr};  // null when the path names no component ("/", "..")
    Node* node{nullptr};
    char name[kNameMax + 1];  // the last component
    bool directory_wanted{false};  // the path ends in a slash

    [[nodiscard]] Name last() const;
};

struct Start {
    Node* directory;         // where a relative path starts
    bool follow_last{true};  // a symbolic link at the end is followed
};
void look_up(const Start& start, const char* path, Lookup& out);

// The directory that a dirfd names. Null: -EBADF or -ENOTDIR in `error`.
[[nodiscard]] Node* directory_of(const Task& task, int dirfd, i64& error);
// The path at a user address, from `dirfd`.
void look_up_user(int dirfd, u64 path, bool follow_last, Lookup& out);
// The existing node; null with a negative errno. AT_EMPTY_PATH makes an empty path the descriptor itself.
[[nodiscard]] Node* existing_node(int dirfd, u64 path, u64 flags, i64& error);

// The absolute path, with its terminator, at the end of `buffer`; null: it does not fit.
[[nodiscard]] const char* path_of(const Node& node, char* buffer, u64 room);

}  // namespace km
