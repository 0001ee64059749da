#pragma once

#include "kernel_model/fs/node.h"

namespace km {

// Entries from number `position` on, as struct linux_dirent64 in user memory; moves `position`. Bytes written, 0 at the
// end, -EINVAL (no room for one), -EFAULT. Linux: getdents64(2).
[[nodiscard]] i64 list_directory(const Node& directory, u64& position, u64 to, u64 bytes);

}  // namespace km
