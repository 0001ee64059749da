// stat, statx and statfs.
#include "kernel_model/fs/open_file.h"
#include "kernel_model/fs/path.h"
#include "kernel_model/fs/stat.h"
#include "kernel_model/mm/buddy_allocator.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/process/syscall.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

// Linux: struct statfs of 64-bit machines (include/uapi/asm-generic/statfs.h).
struct StatFs {
    u64 f_type, f_bsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree;
    int f_fsid[2];
    u64 f_namelen, f_frsize, f_flags, spare[4];
};
static_assert(sizeof(StatFs) == 120);

i64 put_statfs(u64 to) {
    constexpr u64 kRamfsMagic = 0x858458f6;
    StatFs out{};
    out.f_type = kRamfsMagic;
    out.f_bsize = out.f_frsize = PAGE_SIZE;
    out.f_blocks = counters[GUEST_FREE_PAGES_AT_BOOT];
    out.f_bfree = out.f_bavail = buddy.free_pages();
    out.f_namelen = kNameMax;
    return put_user(out, to) ? 0 : -EFAULT;
}

}  // namespace

i64 sys_fstat(PtRegs& r) {
    const OpenFile* open = open_file(*current(), r.regs[0]);
    if (open == nullptr) return -EBADF;
    return put_user(stat_of(*open->node), r.regs[1]) ? 0 : -EFAULT;
}

i64 sys_newfstatat(PtRegs& r) {
    i64 error = 0;
    const Node* node = existing_node(static_cast<int>(r.regs[0]), r.regs[1], r.regs[3], error);
    if (node == nullptr) return error;
    return put_user(stat_of(*node), r.regs[2]) ? 0 : -EFAULT;
}

i64 sys_statx(PtRegs& r) {
    i64 error = 0;
    const Node* node = existing_node(static_cast<int>(r.regs[0]), r.regs[1], r.regs[2], error);
    if (node == nullptr) return error;
    return put_user(statx_of(*node), r.regs[4]) ? 0 : -EFAULT;
}

i64 sys_statfs(PtRegs& r) {
    i64 error = 0;
    return existing_node(AT_FDCWD, r.regs[0], 0, error) != nullptr ? put_statfs(r.regs[1]) : error;
}

i64 sys_fstatfs(PtRegs& r) { return open_file(*current(), r.regs[0]) != nullptr ? put_statfs(r.regs[1]) : -EBADF; }

}  // namespace km
