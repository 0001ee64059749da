// The bytes of regular files. All that change them first give the file pages of its own.
#pragma once

#include "kernel_model/fs/node.h"

namespace km {

// Copies to user memory: bytes copied, fewer at the end of the file; -EFAULT.
[[nodiscard]] i64 read_content(const Node& node, u64 offset, u64 to, u64 bytes);
// Copies from user memory; the file grows if need be. Bytes copied, -EFAULT, -ENOSPC, -EFBIG.
[[nodiscard]] i64 write_content(Node& node, u64 offset, u64 from, u64 bytes);
// Makes the file `bytes` long; 0 or a negative errno. What is cut off reads as zeros if the file grows again.
[[nodiscard]] i64 truncate_content(Node& node, u64 bytes);
// The page cache, for a mapping. Null: no memory.
[[nodiscard]] File* pages_of(Node& node);
// Those of all regular files below `directory`. False: no memory.
[[nodiscard]] bool fill_page_caches(Node& directory);
// Sets bytes of the kernel's (a link's target). False: no memory.
[[nodiscard]] bool set_content(Node& node, const void* bytes, u64 size);

// `bytes` bytes at `offset`, which exist, to kernel memory.
void copy_content(const Node& node, u64 offset, void* to, u64 bytes);

}  // namespace km
