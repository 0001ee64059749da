#include "kernel_model/fs/path.h"

#include "kernel_model/boot/text.h"
#include "kernel_model/fs/content.h"
#include "kernel_model/fs/open_file.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr unsigned kMaxLinks = 40;  // Linux: MAXSYMLINKS

// What is left of the path. A followed link puts its target in front.
class Rest {
public:
    explicit Rest(const char* path) : at_{path} {}

    void skip_slashes() {
        while (*at_ == '/') ++at_;
    }
    [[nodiscard]] bool absolute() const { return *at_ == '/'; }
    [[nodiscard]] bool done() const { return *at_ == '\0'; }
    Name next() {
        const char* start = at_;
        while (*at_ != '\0' && *at_ != '/') ++at_;
        return {start, static_cast<u64>(at_ - start)};
    }
    // False: too long.
    bool prepend(const Node& link) {
        const u64 left = length_of(at_);
        if (link.size + left + 1 > sizeof text_) return false;
        __builtin_memmove(text_ + link.size, at_, left + 1);
        copy_content(link, 0, text_, link.size);
        at_ = text_;
        return true;
    }

private:
    const char* at_;
    char text_[kPathMax];
};

bool is(Name name, const char* text) {
    return name.length == length_of(text) && __builtin_memcmp(name.text, text, name.length) == 0;
}

void fail(Lookup& out, i64 error) {
    out.error = error;
    out.parent = out.node = nullptr;
}

// One component below out.node. False: the end, with an error or a missing last component.
bool step(Lookup& out, const Rest& rest, Name name) {
    Node* const directory = out.node;
    if (directory->kind != NodeKind::Directory) return fail(out, -ENOTDIR), false;
    if (name.length > kNameMax) return fail(out, -ENAMETOOLONG), false;
    out.parent = nullptr;
    if (is(name, ".")) return true;
    if (is(name, "..")) {
        out.node = directory->parent;
        return true;
    }
    out.parent = directory;
    __builtin_memcpy(out.name, name.text, name.length);
    out.name[name.length] = '\0';
    out.node = find_child(*directory, name);
    if (out.node != nullptr) return true;
    if (!rest.done()) fail(out, -ENOENT);
    out.error = -ENOENT;
    return false;
}

}  // namespace

Name Lookup::last() const { return {name, length_of(name)}; }

// Of /proc there is one link, which the C library and busybox follow.
void look_up(const Start& start, const char* path, Lookup& out) {
    if (*path == '\0') return fail(out, -ENOENT);
    if (start.follow_last && equal(path, "/proc/self/exe") && current()->program != nullptr) {
        out.node = current()->program;
        return;
    }
    Rest rest{path};
    out.node = rest.absolute() ? &root_node() : start.directory;
    unsigned links = 0;
    for (rest.skip_slashes(); !rest.done();) {
        const Name name = rest.next();
        out.directory_wanted = rest.absolute();
        rest.skip_slashes();
        Node* const directory = out.node;
        if (!step(out, rest, name)) return;
        if (out.node->kind != NodeKind::SymbolicLink) continue;
        if (rest.done() && !start.follow_last && !out.directory_wanted) return;
        if (++links > kMaxLinks) return fail(out, -ELOOP);
        if (!rest.prepend(*out.node)) return fail(out, -ENAMETOOLONG);
        out.node = rest.absolute() ? &root_node() : directory;
        out.parent = nullptr;
        rest.skip_slashes();
    }
    if (out.directory_wanted && out.node->kind != NodeKind::Directory) fail(out, -ENOTDIR);
}

Node* directory_of(const Task& task, int dirfd, i64& error) {
    if (dirfd == AT_FDCWD) return task.working_directory;
    const OpenFile* open = open_file(task, static_cast<u64>(dirfd));
    error = open == nullptr ? -EBADF : -ENOTDIR;
    return open != nullptr && open->node != nullptr && open->node->kind == NodeKind::Directory ? open->node : nullptr;
}

void look_up_user(int dirfd, u64 path, bool follow_last, Lookup& out) {
    char text[kPathMax];
    if (const i64 length = string_from_user(text, path, sizeof text); length < 0) return fail(out, length);
    Node* directory = text[0] == '/' ? &root_node() : directory_of(*current(), dirfd, out.error);
    if (directory != nullptr) look_up({directory, follow_last}, text, out);
}

Node* existing_node(int dirfd, u64 path, u64 flags, i64& error) {
    u8 first = 1;
    if ((flags & AT_EMPTY_PATH) != 0 && (path == 0 || (get_user(first, path) && first == 0))) {
        if (dirfd == AT_FDCWD) return current()->working_directory;
        const OpenFile* open = open_file(*current(), static_cast<u64>(dirfd));
        error = -EBADF;
        return open != nullptr ? open->node : nullptr;
    }
    Lookup found;
    look_up_user(dirfd, path, (flags & AT_SYMLINK_NOFOLLOW) == 0, found);
    error = found.error;
    return found.error == 0 ? found.node : nullptr;
}

const char* path_of(const Node& node, char* buffer, u64 room) {
    char* at = buffer + room - 1;
    *at = '\0';
    if (node.parent == &node) *--at = '/';
    for (const Node* n = &node; n->parent != n; n = n->parent) {
        const u64 length = length_of(n->name);
        if (static_cast<u64>(at - buffer) < length + 1) return nullptr;
        at -= length;
        __builtin_memcpy(at, n->name, length);
        *--at = '/';
    }
    return at;
}

}  // namespace km
