// A hash of what user memory holds, whatever frames and page sizes hold it.
#pragma once

#include "emu/memory/physical_memory.h"

namespace emu {

// Over (address, content) of every mapped 4 KiB page that is not all zero, in address order, of the table at
// `root` (4K granule, 48 bits). Pages of zeros are left out: a larger folio has more of them. Reads raw descriptors: translation
// state is not touched.
[[nodiscard]] arch::u64 user_memory_hash(PhysicalMemory& memory, arch::u64 root);

}  // namespace emu
