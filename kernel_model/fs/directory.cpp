#include "kernel_model/fs/directory.h"

#include "kernel_model/boot/text.h"
#include "kernel_model/fs/stat.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

// Linux: struct linux_dirent64, without the name.
struct [[gnu::packed]] EntryHead {
    u64 inode, offset;
    u16 length;
    u8 type;
};
static_assert(sizeof(EntryHead) == 19);

struct Entry {
    const Node* node;
    const char* name;
};

// Number `position`: ".", "..", then the children. A null node: there is none.
Entry entry_at(const Node& directory, u64 position) {
    if (position == 0) return {&directory, "."};
    if (position == 1) return {directory.parent, ".."};
    const Node* child = directory.first_child;
    for (u64 i = 2; i < position && child != nullptr; ++i) child = child->next_sibling;
    return {child, child != nullptr ? child->name : nullptr};
}

u64 length_of_entry(const Entry& entry) { return arch::align_up(sizeof(EntryHead) + length_of(entry.name) + 1, 8); }

bool put_entry(const Entry& entry, u64 position, u64 to) {
    constexpr unsigned kTypeShift = 12;  // DT_* is the format of st_mode
    const EntryHead head{entry.node->number, position + 1, static_cast<u16>(length_of_entry(entry)),
                         static_cast<u8>(format_of(*entry.node) >> kTypeShift)};
    return put_user(head, to) && copy_to_user(to + sizeof head, entry.name, length_of(entry.name) + 1);
}

}  // namespace

i64 list_directory(const Node& directory, u64& position, u64 to, u64 bytes) {
    u64 done = 0;
    for (;;) {
        const Entry entry = entry_at(directory, position);
        if (entry.node == nullptr) break;
        const u64 length = length_of_entry(entry);
        if (length > bytes - done) return done != 0 ? static_cast<i64>(done) : -EINVAL;
        if (!put_entry(entry, position, to + done)) return done != 0 ? static_cast<i64>(done) : -EFAULT;
        done += length;
        ++position;
    }
    return static_cast<i64>(done);
}

}  // namespace km
