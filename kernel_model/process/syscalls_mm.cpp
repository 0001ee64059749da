// The memory system calls: arguments as the architecture's wrappers check them, then the memory manager.
#include "kernel_model/mm/syscalls_mm.h"

#include "kernel_model/fs/content.h"
#include "kernel_model/fs/open_file.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/mman.h"
#include "kernel_model/process/syscall.h"

namespace km {
namespace {

constexpr u64 kPageShift = 12;
AddressSpace& mm() { return *current()->mm; }

}  // namespace

i64 sys_brk(PtRegs& r) { return do_brk(mm(), r.regs[0]); }
i64 sys_munmap(PtRegs& r) { return do_munmap(mm(), r.regs[0], r.regs[1]); }
i64 sys_mprotect(PtRegs& r) { return do_mprotect(mm(), r.regs[0], r.regs[1], r.regs[2]); }
i64 sys_madvise(PtRegs& r) { return do_madvise(mm(), r.regs[0], r.regs[1], static_cast<int>(r.regs[2])); }
i64 sys_mremap(PtRegs& r) { return do_mremap(mm(), r.regs[0], r.regs[1], r.regs[2], r.regs[3], r.regs[4]); }

i64 sys_msync(PtRegs& r) { return (r.regs[0] & arch::low_mask(kPageShift)) != 0 ? -EINVAL : 0; }

i64 sys_mmap(PtRegs& r) {
    const u64 flags = r.regs[3];
    const u64 offset = r.regs[5];
    if ((offset & arch::low_mask(kPageShift)) != 0) return -EINVAL;
    File* file = nullptr;
    if ((flags & MAP_ANONYMOUS) == 0) {
        OpenFile* open = open_file(*current(), r.regs[4]);
        if (open == nullptr) return -EBADF;
        const Node& node = *open->node;
        if (!open->readable()) return -EACCES;
        const bool zeros = node.kind == NodeKind::Character && node.device == Device::Zero;
        if (node.kind != NodeKind::Regular && !zeros) return -ENODEV;
        file = zeros ? nullptr : pages_of(*open->node);  // /dev/zero is anonymous memory
        if (file == nullptr && !zeros) return -ENOMEM;
        // Linux: a shared mapping of what is open for reading only can never be written.
        if ((flags & MAP_SHARED) != 0 && (r.regs[2] & PROT_WRITE) != 0 && !open->writable()) return -EACCES;
    }
    return do_mmap(mm(), r.regs[0], r.regs[1], r.regs[2], flags, file, offset >> kPageShift);
}

}  // namespace km
