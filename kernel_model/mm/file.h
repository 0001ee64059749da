// A file as far as mappings need it: a page cache of single pages over bytes in memory. Linux: struct address_space
// of a ramfs or shmem inode.
//
// The cache holds the file's bytes from the start, as an unpacked initramfs does. A file without bytes (size only)
// is all holes, as a fresh tmpfs file is: pages appear when they are first touched, zeroed.
#pragma once

#include "kernel_model/lib/radix_tree.h"
#include "kernel_model/mm/page.h"

namespace km {

struct File {
    RadixTree pages;      // page index -> Page*; the cache holds one reference on each
    u64 size{0};          // bytes; a fault beyond the last page of it is a bus error
    i32 references{1};    // regions and open descriptors
    u64 nr_pages{0};      // in the cache
};

// `bytes` (may be null: holes) are copied. Null: no memory.
[[nodiscard]] File* file_create(const u8* bytes, u64 size);
inline void file_get(File* file) { ++file->references; }
void file_put(File* file);  // the last reference frees the cache

[[nodiscard]] Page* file_find_page(File& file, u64 index);       // null: not in the cache
[[nodiscard]] Page* file_find_or_create_page(File& file, u64 index);  // null: no memory

}  // namespace km
