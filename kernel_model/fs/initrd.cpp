#include "kernel_model/fs/initrd.h"

#include "kernel_model/boot/panic.h"
#include "kernel_model/boot/text.h"
#include "kernel_model/fs/node.h"

namespace km {
namespace {

constexpr u64 kHeaderBytes = 110;
constexpr u64 kModeField = 14;       // "c_mode", eight hexadecimal digits
constexpr u64 kSizeField = 54;       // "c_filesize"
constexpr u64 kNameSizeField = 94;   // "c_namesize", the terminator included
constexpr u64 kAlignment = 4;
constexpr u32 kFormatMask = 0170000, kDirectory = 0040000, kRegular = 0100000, kSymbolicLink = 0120000;
constexpr u32 kPermissions = 07777;

struct Entry {
    const char* name;
    u32 mode;
    const u8* bytes;
    u64 size;
};

u64 hex_field(const u8* at) {
    u64 value = 0;
    for (unsigned i = 0; i < 8; ++i) {
        const u8 c = at[i];
        const bool digit = c >= '0' && c <= '9';
        const bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'f';
        if (!digit && !letter) panic("the initrd has a malformed header");
        value = value << 4 | static_cast<u64>(digit ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

Node& child(Node& directory, Name name, NodeKind kind, u32 permissions) {
    if (name.length > kNameMax) panic("a name in the initrd is too long");
    if (Node* old = find_child(directory, name)) {
        if (old->kind != NodeKind::Directory || kind != NodeKind::Directory) panic("a name stands twice in the initrd");
        return *old;
    }
    Node* made = make_child(directory, name, kind, permissions);
    if (made == nullptr) panic("no memory for the files of the initrd");
    made->modified = 0;  // the archive has no dates
    return *made;
}

NodeKind kind_of(u32 mode) {
    switch (mode & kFormatMask) {
        case kDirectory: return NodeKind::Directory;
        case kRegular: return NodeKind::Regular;
        case kSymbolicLink: return NodeKind::SymbolicLink;
        default: panic("the initrd has a file of an unknown kind");
    }
}

void add(const Entry& entry) {
    Node* directory = &root_node();
    const char* at = entry.name;
    for (;;) {
        while (starts_with(at, "/") || starts_with(at, "./")) at += *at == '.' ? 2 : 1;
        if (*at == '\0' || equal(at, ".")) return;
        const char* start = at;
        while (*at != '\0' && *at != '/') ++at;
        const Name name{start, static_cast<u64>(at - start)};
        if (*at == '\0') {
            Node& node = child(*directory, name, kind_of(entry.mode), entry.mode & kPermissions);
            if (node.kind == NodeKind::Directory) return;
            node.image = entry.bytes;
            node.size = entry.size;
            return;
        }
        directory = &child(*directory, name, NodeKind::Directory, 0755);
    }
}

}  // namespace

void unpack_initrd(const u8* start, const u8* end) {
    for (const u8* at = start; at + kHeaderBytes <= end;) {
        const char* magic = reinterpret_cast<const char*>(at);
        if (!starts_with(magic, "070701")) panic("the initrd is no newc cpio archive");
        const char* name = magic + kHeaderBytes;
        if (equal(name, "TRAILER!!!")) return;
        const u64 size = hex_field(at + kSizeField);
        const u8* bytes = at + arch::align_up(kHeaderBytes + hex_field(at + kNameSizeField), kAlignment);
        if (bytes + size > end) break;
        add({name, static_cast<u32>(hex_field(at + kModeField)), bytes, size});
        at = bytes + arch::align_up(size, kAlignment);
    }
    panic("the initrd is truncated");
}

}  // namespace km
