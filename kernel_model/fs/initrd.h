// The initrd: a cpio archive in "newc" format, whose files become the tree; their bytes stay where they are. Format:
// cpio(5), "New ASCII Format". Linux: init/initramfs.c.
#pragma once

#include "mmu/arch/bits.h"

namespace km {

// [start, end) in the linear map. Folders that the archive does not list are made. Panics on a malformed archive.
void unpack_initrd(const arch::u8* start, const arch::u8* end);

}  // namespace km
