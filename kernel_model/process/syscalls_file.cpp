// Reading, writing and positions of open files.
#include "kernel_model/fs/content.h"
#include "kernel_model/fs/device.h"
#include "kernel_model/fs/directory.h"
#include "kernel_model/fs/open_file.h"
#include "kernel_model/fs/pipe.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/process/syscall.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 kMaxVectors = 1024;                          // Linux: UIO_MAXIOV
constexpr u64 kMaxBytes = 0x7fffffff & ~(PAGE_SIZE - 1);   // Linux: MAX_RW_COUNT

// Of user memory.
struct Range {
    u64 start, bytes;
};

bool nonblocking(const OpenFile& open) { return (open.flags & O_NONBLOCK) != 0; }

// Bytes at `offset`, which only regular files look at.
i64 read_at(const OpenFile* open, u64 offset, Range to) {
    if (open == nullptr || !open->readable()) return -EBADF;
    const u64 bytes = min(to.bytes, kMaxBytes);
    Node& node = *open->node;
    switch (node.kind) {
        case NodeKind::Regular: return read_content(node, offset, to.start, bytes);
        case NodeKind::Character: return read_device(node.device, to.start, bytes);
        case NodeKind::Fifo: return read_pipe(*node.pipe, to.start, bytes, nonblocking(*open));
        default: return -EISDIR;
    }
}

i64 write_at(const OpenFile* open, u64 offset, Range from) {
    if (open == nullptr || !open->writable()) return -EBADF;
    const u64 bytes = min(from.bytes, kMaxBytes);
    Node& node = *open->node;
    switch (node.kind) {
        case NodeKind::Regular: return write_content(node, offset, from.start, bytes);
        case NodeKind::Character: return write_device(node.device, from.start, bytes);
        case NodeKind::Fifo: return write_pipe(*node.pipe, from.start, bytes, nonblocking(*open));
        default: return -EBADF;
    }
}

i64 read_next(OpenFile* open, Range to) {
    const i64 done = read_at(open, open != nullptr ? open->offset : 0, to);
    if (done > 0) open->offset += static_cast<u64>(done);
    return done;
}

i64 write_next(OpenFile* open, Range from) {
    if (open != nullptr && (open->flags & O_APPEND) != 0) open->offset = open->node->size;
    const i64 done = write_at(open, open != nullptr ? open->offset : 0, from);
    if (done > 0) open->offset += static_cast<u64>(done);
    return done;
}

OpenFile* file_of(const PtRegs& r) { return open_file(*current(), r.regs[0]); }

// Range by range, until one is not done in full.
i64 for_each_vector(const PtRegs& r, i64 (*transfer)(OpenFile*, Range)) {
    if (r.regs[2] > kMaxVectors) return -EINVAL;
    if (file_of(r) == nullptr) return -EBADF;
    i64 total = 0;
    for (u64 i = 0; i < r.regs[2]; ++i) {
        Range range{};
        if (!get_user(range, r.regs[1] + i * sizeof range)) return total != 0 ? total : -EFAULT;
        if (range.bytes == 0) continue;
        const i64 done = transfer(file_of(r), range);
        if (done < 0) return total != 0 ? total : done;
        total += done;
        if (static_cast<u64>(done) != range.bytes) break;
    }
    return total;
}

bool has_positions(const OpenFile& open) { return open.node->kind == NodeKind::Regular; }

}  // namespace

i64 sys_close(PtRegs& r) { return close_file(*current(), r.regs[0]); }
i64 sys_read(PtRegs& r) { return read_next(file_of(r), {r.regs[1], r.regs[2]}); }
i64 sys_write(PtRegs& r) { return write_next(file_of(r), {r.regs[1], r.regs[2]}); }
i64 sys_readv(PtRegs& r) { return for_each_vector(r, read_next); }
i64 sys_writev(PtRegs& r) { return for_each_vector(r, write_next); }

i64 sys_pread64(PtRegs& r) {
    const OpenFile* open = file_of(r);
    if (open != nullptr && open->node->kind == NodeKind::Fifo) return -ESPIPE;
    return static_cast<i64>(r.regs[3]) < 0 ? -EINVAL : read_at(open, r.regs[3], {r.regs[1], r.regs[2]});
}

i64 sys_pwrite64(PtRegs& r) {
    const OpenFile* open = file_of(r);
    if (open != nullptr && open->node->kind == NodeKind::Fifo) return -ESPIPE;
    return static_cast<i64>(r.regs[3]) < 0 ? -EINVAL : write_at(open, r.regs[3], {r.regs[1], r.regs[2]});
}

i64 sys_lseek(PtRegs& r) {
    OpenFile* open = file_of(r);
    if (open == nullptr) return -EBADF;
    if (open->node->kind == NodeKind::Fifo || open->node->kind == NodeKind::Character) return -ESPIPE;
    const u64 bases[] = {0, open->offset, open->node->size};  // SEEK_SET, SEEK_CUR, SEEK_END
    if (r.regs[2] >= 3) return -EINVAL;
    const u64 offset = bases[r.regs[2]] + r.regs[1];
    if (static_cast<i64>(offset) < 0) return -EINVAL;
    open->offset = offset;
    return static_cast<i64>(offset);
}

// From kernel to kernel there is no path here: EINVAL sends programs back to read and write, as some files of Linux do.
i64 sys_sendfile(PtRegs& r) { return file_of(r) == nullptr ? -EBADF : -EINVAL; }

i64 sys_ftruncate(PtRegs& r) {
    const OpenFile* open = file_of(r);
    if (open == nullptr) return -EBADF;
    if (!has_positions(*open) || !open->writable() || static_cast<i64>(r.regs[1]) < 0) return -EINVAL;
    return truncate_content(*open->node, r.regs[1]);
}

// Memory is all there is. sync() has no argument and no error.
i64 sys_fsync(PtRegs& r) {
    constexpr u64 kSync = 81;
    return r.syscallno == kSync || file_of(r) != nullptr ? 0 : -EBADF;
}

i64 sys_getdents64(PtRegs& r) {
    OpenFile* open = file_of(r);
    if (open == nullptr) return -EBADF;
    if (open->node->kind != NodeKind::Directory) return -ENOTDIR;
    return list_directory(*open->node, open->offset, r.regs[1], r.regs[2]);
}

}  // namespace km
