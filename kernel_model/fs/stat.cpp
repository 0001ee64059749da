#include "kernel_model/fs/stat.h"

#include "kernel_model/fs/device.h"

namespace km {
namespace {

constexpr u64 kNanosecondsPerSecond = 1'000'000'000;
constexpr u64 kBlock = 512;
constexpr u64 kRamfsDevice = 2;  // 0:2

u32 links_of(const Node& node) {
    if (node.kind != NodeKind::Directory) return node.linked || node.kind != NodeKind::Regular ? 1 : 0;
    u32 links = 2;
    for (const Node* child = node.first_child; child != nullptr; child = child->next_sibling)
        if (child->kind == NodeKind::Directory) ++links;
    return links;
}

}  // namespace

u32 format_of(const Node& node) {
    switch (node.kind) {
        case NodeKind::Directory: return 0040000;
        case NodeKind::SymbolicLink: return 0120000;
        case NodeKind::Character: return 0020000;
        case NodeKind::Fifo: return 0010000;
        case NodeKind::Regular: break;
    }
    return 0100000;
}

Stat stat_of(const Node& node) {
    Stat stat{};
    stat.st_dev = kRamfsDevice;
    stat.st_ino = node.number;
    stat.st_mode = format_of(node) | node.permissions;
    stat.st_nlink = links_of(node);
    stat.st_rdev = node.kind == NodeKind::Character ? device_number(node.device) : 0;
    stat.st_size = static_cast<i64>(node.size);
    stat.st_blksize = PAGE_SIZE;
    stat.st_blocks = static_cast<i64>((node.size + kBlock - 1) / kBlock);
    for (unsigned i = 0; i < 6; i += 2) {
        stat.times[i] = node.modified / kNanosecondsPerSecond;
        stat.times[i + 1] = node.modified % kNanosecondsPerSecond;
    }
    return stat;
}

Statx statx_of(const Node& node) {
    constexpr u32 kBasicStats = 0x7ff;  // STATX_BASIC_STATS
    const Stat stat = stat_of(node);
    Statx out{};
    out.stx_mask = kBasicStats;
    out.stx_blksize = stat.st_blksize;
    out.stx_nlink = stat.st_nlink;
    out.stx_mode = static_cast<arch::u16>(stat.st_mode);
    out.stx_ino = stat.st_ino;
    out.stx_size = node.size;
    out.stx_blocks = static_cast<u64>(stat.st_blocks);
    out.stx_atime = out.stx_ctime = out.stx_mtime = {static_cast<i64>(stat.times[0]), static_cast<u32>(stat.times[1]), 0};
    out.stx_rdev_major = static_cast<u32>(stat.st_rdev >> 8);
    out.stx_rdev_minor = static_cast<u32>(stat.st_rdev & 0xff);
    out.stx_dev_minor = kRamfsDevice;
    return out;
}

}  // namespace km
