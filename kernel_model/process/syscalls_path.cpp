// System calls that take paths, but for those that ask what a file is (syscalls_stat.cpp).
#include "kernel_model/boot/text.h"
#include "kernel_model/fs/content.h"
#include "kernel_model/fs/open_file.h"
#include "kernel_model/fs/path.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/process/clock.h"
#include "kernel_model/process/syscall.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 AT_REMOVEDIR = 0x200;
constexpr u32 kPermissions = 07777;

int dirfd_of(u64 value) { return static_cast<int>(value); }
u32 masked(u64 mode) { return static_cast<u32>(mode) & kPermissions & ~current()->umask; }

// A place for a new name; 0 or a negative errno.
i64 new_place(int dirfd, u64 path, Lookup& out) {
    look_up_user(dirfd, path, false, out);
    if (out.error == 0) return -EEXIST;
    return out.error == -ENOENT && out.parent != nullptr ? 0 : out.error;
}

// The file that openat names, made if need be. Null with a negative errno.
Node* file_to_open(const PtRegs& r, bool& created, i64& error) {
    const u64 flags = r.regs[2];
    const bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
    Lookup found;
    look_up_user(dirfd_of(r.regs[0]), r.regs[1], !exclusive && (flags & O_NOFOLLOW) == 0, found);
    error = found.error;
    if (found.error == 0) {
        error = exclusive ? -EEXIST : 0;
        return exclusive ? nullptr : found.node;
    }
    if ((flags & O_CREAT) == 0 || found.error != -ENOENT || found.parent == nullptr) return nullptr;
    error = found.directory_wanted ? -EISDIR : -ENOSPC;
    if (found.directory_wanted) return nullptr;
    created = true;
    return make_child(*found.parent, found.last(), NodeKind::Regular, masked(r.regs[3]));
}

i64 why_not_openable(const Node& node, u64 flags) {
    const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC) != 0;
    if (node.kind == NodeKind::SymbolicLink) return -ELOOP;
    if ((flags & O_DIRECTORY) != 0 && node.kind != NodeKind::Directory) return -ENOTDIR;
    return node.kind == NodeKind::Directory && (writes || (flags & O_CREAT) != 0) ? -EISDIR : 0;
}

bool is_ancestor_or_self(const Node& node, const Lookup& place) { return is_below(*place.parent, node); }

// What stands at the target of a rename may be replaced: 0 or a negative errno.
i64 why_not_replaceable(const Node& node, const Node& target) {
    const bool directory = node.kind == NodeKind::Directory, over = target.kind == NodeKind::Directory;
    if (directory != over) return directory ? -ENOTDIR : -EISDIR;
    return over && target.first_child != nullptr ? -ENOTEMPTY : 0;
}

i64 rename(Lookup& from, Lookup& to) {
    if (from.error != 0) return from.error;
    if (from.parent == nullptr) return -EBUSY;
    if (to.error != 0 && (to.error != -ENOENT || to.parent == nullptr)) return to.error;
    if (to.parent == nullptr) return -EBUSY;
    if (from.node->kind == NodeKind::Directory && is_ancestor_or_self(*from.node, to)) return -EINVAL;
    if (to.error == 0) {
        if (to.node == from.node) return 0;
        if (const i64 error = why_not_replaceable(*from.node, *to.node); error != 0) return error;
        unlink_node(*to.node);
    }
    move_node(*from.node, *to.parent, to.last());
    return 0;
}

i64 copy_path_out(const Node& node, u64 to, u64 room, bool with_terminator) {
    char buffer[kPathMax];
    const char* path = path_of(node, buffer, sizeof buffer);
    if (path == nullptr) return -ENAMETOOLONG;
    const u64 length = length_of(path) + (with_terminator ? 1 : 0);
    if (with_terminator && length > room) return -ERANGE;
    const u64 bytes = min(length, room);
    return copy_to_user(to, path, bytes) ? static_cast<i64>(bytes) : -EFAULT;
}

i64 change_mode(Node* node, u64 mode, i64 error) {
    if (node == nullptr) return error;
    node->permissions = static_cast<u32>(mode) & kPermissions;
    return 0;
}

Node* node_of_descriptor(u64 fd, i64& error) {
    const OpenFile* open = open_file(*current(), fd);
    error = -EBADF;
    return open != nullptr ? open->node : nullptr;
}

i64 change_directory(Node* node, i64 error) {
    if (node == nullptr) return error;
    if (node->kind != NodeKind::Directory) return -ENOTDIR;
    node_get(*node);
    node_put(*current()->working_directory);
    current()->working_directory = node;
    return 0;
}

}  // namespace

i64 sys_openat(PtRegs& r) {
    const u64 flags = r.regs[2];
    if ((flags & O_TMPFILE) != 0) return -EOPNOTSUPP;
    i64 error = 0;
    bool created = false;
    Node* node = file_to_open(r, created, error);
    if (node == nullptr) return error;
    if (error = created ? 0 : why_not_openable(*node, flags); error != 0) return error;
    if (!created && (flags & O_TRUNC) != 0 && node->kind == NodeKind::Regular && node->size != 0)
        if (error = truncate_content(*node, 0); error != 0) return error;
    OpenFile* open = new_open_file(*node, flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC));
    if (open == nullptr) return -ENFILE;
    const i64 fd = install_file(*current(), *open, 0, (flags & O_CLOEXEC) != 0);
    if (fd < 0) drop_open_file(*open);
    return fd;
}

i64 sys_mkdirat(PtRegs& r) {
    Lookup place;
    if (const i64 error = new_place(dirfd_of(r.regs[0]), r.regs[1], place); error != 0) return error;
    return make_child(*place.parent, place.last(), NodeKind::Directory, masked(r.regs[2])) != nullptr ? 0 : -ENOSPC;
}

i64 sys_unlinkat(PtRegs& r) {
    const bool directory = (r.regs[2] & AT_REMOVEDIR) != 0;
    Lookup found;
    if ((r.regs[2] & ~AT_REMOVEDIR) != 0) return -EINVAL;
    look_up_user(dirfd_of(r.regs[0]), r.regs[1], false, found);
    if (found.error != 0) return found.error;
    if (found.parent == nullptr) return directory ? -EBUSY : -EISDIR;
    if (directory != (found.node->kind == NodeKind::Directory)) return directory ? -ENOTDIR : -EISDIR;
    if (found.node->first_child != nullptr) return -ENOTEMPTY;
    unlink_node(*found.node);
    return 0;
}

i64 sys_symlinkat(PtRegs& r) {
    char target[kPathMax];
    const i64 length = string_from_user(target, r.regs[0], sizeof target);
    if (length <= 0) return length == 0 ? -ENOENT : length;
    Lookup place;
    if (const i64 error = new_place(dirfd_of(r.regs[1]), r.regs[2], place); error != 0) return error;
    Node* link = make_child(*place.parent, place.last(), NodeKind::SymbolicLink, 0777);
    if (link == nullptr) return -ENOSPC;
    if (set_content(*link, target, static_cast<u64>(length))) return 0;
    unlink_node(*link);
    return -ENOSPC;
}

// As on file systems without hard links.
i64 sys_linkat(PtRegs& r) {
    i64 error = 0;
    return existing_node(dirfd_of(r.regs[0]), r.regs[1], AT_SYMLINK_NOFOLLOW, error) == nullptr ? error : -EPERM;
}

i64 sys_renameat2(PtRegs& r) {
    constexpr u64 kRenameat2 = 276, kNoReplace = 1;
    const u64 flags = r.syscallno == kRenameat2 ? r.regs[4] : 0;
    if ((flags & ~kNoReplace) != 0) return -EINVAL;
    Lookup from, to;
    look_up_user(dirfd_of(r.regs[0]), r.regs[1], false, from);
    look_up_user(dirfd_of(r.regs[2]), r.regs[3], false, to);
    return flags != 0 && to.error == 0 ? -EEXIST : rename(from, to);
}

// /proc is not there, but for the link that the C library reads at its start.
i64 sys_readlinkat(PtRegs& r) {
    char path[kPathMax];
    const u64 to = r.regs[2], room = r.regs[3];
    if (static_cast<int>(room) <= 0) return -EINVAL;
    if (string_from_user(path, r.regs[1], sizeof path) > 0 && equal(path, "/proc/self/exe"))
        return current()->program != nullptr ? copy_path_out(*current()->program, to, room, false) : -ENOENT;
    i64 error = 0;
    const Node* node = existing_node(dirfd_of(r.regs[0]), r.regs[1], AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, error);
    if (node == nullptr) return error;
    return node->kind == NodeKind::SymbolicLink ? read_content(*node, 0, to, room) : -EINVAL;
}

i64 sys_truncate(PtRegs& r) {
    i64 error = 0;
    Node* node = existing_node(AT_FDCWD, r.regs[0], 0, error);
    if (node == nullptr) return error;
    if (node->kind == NodeKind::Directory) return -EISDIR;
    return node->kind != NodeKind::Regular || static_cast<i64>(r.regs[1]) < 0 ? -EINVAL : truncate_content(*node, r.regs[1]);
}

// Root may read and write all, and execute what anybody may.
i64 sys_faccessat(PtRegs& r) {
    constexpr u64 kFaccessat2 = 439, kExecute = 1, kModes = 7;
    const u64 flags = r.syscallno == kFaccessat2 ? r.regs[3] & (AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) : 0;
    i64 error = 0;
    if ((r.regs[2] & ~kModes) != 0) return -EINVAL;
    const Node* node = existing_node(dirfd_of(r.regs[0]), r.regs[1], flags, error);
    if (node == nullptr) return error;
    const bool executable = node->kind == NodeKind::Directory || (node->permissions & 0111) != 0;
    return (r.regs[2] & kExecute) != 0 && !executable ? -EACCES : 0;
}

i64 sys_chdir(PtRegs& r) {
    i64 error = 0;
    Node* node = existing_node(AT_FDCWD, r.regs[0], 0, error);
    return change_directory(node, error);
}

i64 sys_fchdir(PtRegs& r) {
    i64 error = 0;
    Node* node = node_of_descriptor(r.regs[0], error);
    return change_directory(node, error);
}

i64 sys_getcwd(PtRegs& r) { return copy_path_out(*current()->working_directory, r.regs[0], r.regs[1], true); }

i64 sys_fchmod(PtRegs& r) {
    i64 error = 0;
    Node* node = node_of_descriptor(r.regs[0], error);
    return change_mode(node, r.regs[1], error);
}

i64 sys_fchmodat(PtRegs& r) {
    i64 error = 0;
    Node* node = existing_node(dirfd_of(r.regs[0]), r.regs[1], 0, error);
    return change_mode(node, r.regs[2], error);
}

// Owners are not kept: everything is root's.
i64 sys_fchown(PtRegs& r) { return open_file(*current(), r.regs[0]) != nullptr ? 0 : -EBADF; }

i64 sys_fchownat(PtRegs& r) {
    i64 error = 0;
    return existing_node(dirfd_of(r.regs[0]), r.regs[1], r.regs[4], error) != nullptr ? 0 : error;
}

// Only the time of modification is kept.
i64 sys_utimensat(PtRegs& r) {
    constexpr u64 kNow = 0x3fffffff, kOmit = 0x3ffffffe;
    TimeSpec times[2] = {{0, kNow}, {0, kNow}};
    i64 error = 0;
    Node* node = existing_node(dirfd_of(r.regs[0]), r.regs[1], r.regs[3] | (r.regs[1] == 0 ? AT_EMPTY_PATH : 0), error);
    if (node == nullptr) return error;
    if (r.regs[2] != 0 && !get_user(times, r.regs[2])) return -EFAULT;
    const TimeSpec wanted = times[1];
    if (wanted.nanoseconds == kOmit) return 0;
    node->modified = wanted.nanoseconds == kNow ? virtual_nanoseconds()
                                                : wanted.seconds * kNanosecondsPerSecond + wanted.nanoseconds;
    return 0;
}

i64 sys_umask(PtRegs& r) {
    const i64 old = current()->umask;
    current()->umask = static_cast<u32>(r.regs[0]) & 0777;
    return old;
}

}  // namespace km
