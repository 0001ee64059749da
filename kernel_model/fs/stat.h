// What stat(2), statx(2) and statfs(2) say of a node.
#pragma once

#include "kernel_model/fs/node.h"

namespace km {

// Linux: struct stat of arm64 (include/uapi/asm-generic/stat.h).
struct Stat {
    u64 st_dev, st_ino;
    u32 st_mode, st_nlink, st_uid, st_gid;
    u64 st_rdev, pad1;
    i64 st_size;
    u32 st_blksize, pad2;
    i64 st_blocks;
    u64 times[6];  // seconds and nanoseconds of st_atim, st_mtim, st_ctim
    u64 unused;
};
static_assert(sizeof(Stat) == 128);
[[nodiscard]] Stat stat_of(const Node& node);

// Linux: struct statx (include/uapi/linux/stat.h).
struct Statx {
    struct Time {
        i64 seconds;
        u32 nanoseconds, pad;
    };
    u32 stx_mask, stx_blksize;
    u64 stx_attributes;
    u32 stx_nlink, stx_uid, stx_gid;
    arch::u16 stx_mode, pad1;
    u64 stx_ino, stx_size, stx_blocks, stx_attributes_mask;
    Time stx_atime, stx_btime, stx_ctime, stx_mtime;
    u32 stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
    u64 spare[14];
};
static_assert(sizeof(Statx) == 256);
[[nodiscard]] Statx statx_of(const Node& node);

// The S_IFMT part of st_mode.
[[nodiscard]] u32 format_of(const Node& node);

}  // namespace km
