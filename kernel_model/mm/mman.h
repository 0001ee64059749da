// Arguments of the memory system calls. Linux: include/uapi/asm-generic/mman-common.h, mman.h, linux/mman.h.
#pragma once

#include "kernel_model/mm/geometry.h"

namespace km {

inline constexpr u64 PROT_NONE = 0x0;
inline constexpr u64 PROT_READ = 0x1;
inline constexpr u64 PROT_WRITE = 0x2;
inline constexpr u64 PROT_EXEC = 0x4;
inline constexpr u64 PROT_SEM = 0x8;
inline constexpr u64 PROT_GROWSDOWN = 0x01000000;
inline constexpr u64 PROT_GROWSUP = 0x02000000;

inline constexpr u64 MAP_SHARED = 0x01;
inline constexpr u64 MAP_PRIVATE = 0x02;
inline constexpr u64 MAP_SHARED_VALIDATE = 0x03;
inline constexpr u64 MAP_DROPPABLE = 0x08;  // Linux 6.11: private memory that the kernel may take back
inline constexpr u64 MAP_TYPE = 0x0f;
inline constexpr u64 MAP_FIXED = 0x10;
inline constexpr u64 MAP_ANONYMOUS = 0x20;
inline constexpr u64 MAP_GROWSDOWN = 0x0100;
inline constexpr u64 MAP_DENYWRITE = 0x0800;
inline constexpr u64 MAP_EXECUTABLE = 0x1000;
inline constexpr u64 MAP_LOCKED = 0x2000;
inline constexpr u64 MAP_NORESERVE = 0x4000;
inline constexpr u64 MAP_POPULATE = 0x8000;
inline constexpr u64 MAP_NONBLOCK = 0x10000;
inline constexpr u64 MAP_STACK = 0x20000;
inline constexpr u64 MAP_HUGETLB = 0x40000;
inline constexpr u64 MAP_FIXED_NOREPLACE = 0x100000;

inline constexpr u64 MREMAP_MAYMOVE = 1;
inline constexpr u64 MREMAP_FIXED = 2;
inline constexpr u64 MREMAP_DONTUNMAP = 4;

inline constexpr int MADV_NORMAL = 0;
inline constexpr int MADV_RANDOM = 1;
inline constexpr int MADV_SEQUENTIAL = 2;
inline constexpr int MADV_WILLNEED = 3;
inline constexpr int MADV_DONTNEED = 4;
inline constexpr int MADV_FREE = 8;
inline constexpr int MADV_REMOVE = 9;
inline constexpr int MADV_DONTFORK = 10;
inline constexpr int MADV_DOFORK = 11;
inline constexpr int MADV_HUGEPAGE = 14;
inline constexpr int MADV_NOHUGEPAGE = 15;
inline constexpr int MADV_DONTDUMP = 16;
inline constexpr int MADV_DODUMP = 17;
inline constexpr int MADV_WIPEONFORK = 18;
inline constexpr int MADV_KEEPONFORK = 19;
inline constexpr int MADV_COLD = 20;
inline constexpr int MADV_PAGEOUT = 21;
inline constexpr int MADV_POPULATE_READ = 22;
inline constexpr int MADV_POPULATE_WRITE = 23;
inline constexpr int MADV_DONTNEED_LOCKED = 24;

}  // namespace km
