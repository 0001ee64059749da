#include "kernel_model/fs/content.h"

#include "kernel_model/mm/errno.h"
#include "kernel_model/process/clock.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 kMaxBytes = u64{1} << 40;
alignas(PAGE_SIZE) constexpr u8 kZeros[PAGE_SIZE]{};

// Bytes from `offset` to the end of its page, at most `bytes`.
u64 in_page(u64 offset, u64 bytes) { return min(bytes, PAGE_SIZE - (offset & ~PAGE_MASK)); }

// Where the kernel reads the byte at `offset`; what follows on its page is there too.
const u8* readable(const Node& node, u64 offset) {
    if (node.image != nullptr) return node.image + offset;
    Page* page = node.pages != nullptr ? file_find_page(*node.pages, offset >> PAGE_SHIFT) : nullptr;
    const u8* start = page != nullptr ? static_cast<const u8*>(page_address(page)) : kZeros;
    return start + (offset & ~PAGE_MASK);
}

u8* writable(Node& node, u64 offset) {
    Page* page = file_find_or_create_page(*node.pages, offset >> PAGE_SHIFT);
    return page == nullptr ? nullptr : static_cast<u8*>(page_address(page)) + (offset & ~PAGE_MASK);
}

void set_size(Node& node, u64 size) {
    node.size = size;
    if (node.pages != nullptr) node.pages->size = size;
    node.modified = virtual_nanoseconds();
}

// Pages that exist beyond the new end are kept: their bytes are cleared.
void clear_from(Node& node, u64 offset) {
    while (offset < node.size) {
        const u64 now = in_page(offset, node.size - offset);
        if (file_find_page(*node.pages, offset >> PAGE_SHIFT) != nullptr) __builtin_memset(writable(node, offset), 0, now);
        offset += now;
    }
}

}  // namespace

File* pages_of(Node& node) {
    if (node.pages == nullptr) node.pages = file_create(node.image, node.size);
    if (node.pages != nullptr) node.image = nullptr;
    return node.pages;
}

bool fill_page_caches(Node& directory) {
    for (Node* node = directory.first_child; node != nullptr; node = node->next_sibling) {
        if (node->kind == NodeKind::Directory && !fill_page_caches(*node)) return false;
        if (node->kind == NodeKind::Regular && pages_of(*node) == nullptr) return false;
    }
    return true;
}

i64 read_content(const Node& node, u64 offset, u64 to, u64 bytes) {
    if (offset >= node.size) return 0;
    bytes = min(bytes, node.size - offset);
    for (u64 done = 0; done < bytes;) {
        const u64 now = node.image != nullptr ? bytes : in_page(offset + done, bytes - done);
        if (!copy_to_user(to + done, readable(node, offset + done), now)) return done != 0 ? static_cast<i64>(done) : -EFAULT;
        done += now;
    }
    return static_cast<i64>(bytes);
}

i64 write_content(Node& node, u64 offset, u64 from, u64 bytes) {
    if (offset > kMaxBytes || bytes > kMaxBytes) return -EFBIG;
    if (pages_of(node) == nullptr) return -ENOSPC;
    for (u64 done = 0; done < bytes;) {
        const u64 now = in_page(offset + done, bytes - done);
        u8* to = writable(node, offset + done);
        if (to == nullptr) return done != 0 ? static_cast<i64>(done) : -ENOSPC;
        if (!copy_from_user(to, from + done, now)) return done != 0 ? static_cast<i64>(done) : -EFAULT;
        done += now;
        set_size(node, max(node.size, offset + done));
    }
    return static_cast<i64>(bytes);
}

i64 truncate_content(Node& node, u64 bytes) {
    if (bytes > kMaxBytes) return -EFBIG;
    if (pages_of(node) == nullptr) return -ENOSPC;
    clear_from(node, bytes);
    set_size(node, bytes);
    return 0;
}

bool set_content(Node& node, const void* bytes, u64 size) {
    node.pages = file_create(static_cast<const u8*>(bytes), size);
    node.size = size;
    return node.pages != nullptr;
}

void copy_content(const Node& node, u64 offset, void* to, u64 bytes) {
    for (u64 done = 0; done < bytes;) {
        const u64 now = in_page(offset + done, bytes - done);
        __builtin_memcpy(static_cast<u8*>(to) + done, readable(node, offset + done), now);
        done += now;
    }
}

}  // namespace km
