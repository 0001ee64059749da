#include "kernel_model/process/replay_calls.h"

#include "kernel_model/mm/file.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 kPage = 4096;
constexpr u64 kFileSize = u64{1} << 40;  // the trace does not say; large enough for any offset
constexpr u16 kNrMmap = 222;

u64 protection_of(u64 vm_flags) {
    return ((vm_flags & VM_READ) != 0 ? PROT_READ : 0) | ((vm_flags & VM_WRITE) != 0 ? PROT_WRITE : 0) |
           ((vm_flags & VM_EXEC) != 0 ? PROT_EXEC : 0);
}

// A stack grows down to an address below its region, as the fault itself would make it.
bool grows_to(const Vma* vma, u64 address) {
    return vma != nullptr && (vma->vm_flags & VM_GROWSDOWN) != 0 && address < vma->vm_start;
}

bool allowed(const Vma& vma, u64 type) {
    switch (type) {
        case REPLAY_ACCESS_WRITE:
        case REPLAY_ACCESS_KERNEL_WRITE: return (vma.vm_flags & VM_WRITE) != 0;
        case REPLAY_ACCESS_EXECUTE: return (vma.vm_flags & VM_EXEC) != 0;
        default: return (vma.vm_flags & (VM_READ | VM_WRITE)) != 0;
    }
}

// Every word of the page becomes RET; pages are zero when they enter the cache.
bool fill_with_returns(File& file, u64 index) {
    Page* page = file_find_or_create_page(file, index);
    if (page == nullptr) return false;
    u32* words = static_cast<u32*>(page_address(page));
    for (u64 i = 0; i < kPage / sizeof(u32) && words[i] == 0; ++i) words[i] = REPLAY_FILE_WORD;
    return true;
}

// The region of a traced file is the only mapping of it: the trace does not tell which mappings share one.
bool map_file(AddressSpace& mm, const u64 (&a)[6], u64 page_offset) {
    File* file = file_create(nullptr, kFileSize);
    if (file == nullptr) return false;
    const i64 mapped = do_mmap(mm, a[0], a[1], a[2], a[3], file, page_offset);
    file_put(file);  // the region holds its own reference
    return mapped == static_cast<i64>(a[0]);
}

}  // namespace

ReplayAccess replay_prepare_access(AddressSpace& mm, u64 address, u64 type) {
    const Vma* vma = find_vma(mm, address);
    if (vma == nullptr || (address < vma->vm_start && !grows_to(vma, address)) || !allowed(*vma, type))
        return ReplayAccess::Impossible;
    switch (type) {
        case REPLAY_ACCESS_READ: return ReplayAccess::Read;
        case REPLAY_ACCESS_WRITE: return ReplayAccess::Write;
        case REPLAY_ACCESS_KERNEL_READ: return ReplayAccess::KernelRead;
        case REPLAY_ACCESS_KERNEL_WRITE: return ReplayAccess::KernelWrite;
        case REPLAY_ACCESS_EXECUTE: break;
        default: return ReplayAccess::Impossible;
    }
    if (vma->vm_file != nullptr)
        return fill_with_returns(*vma->vm_file, vma->linear_page_index(address)) ? ReplayAccess::Execute
                                                                                 : ReplayAccess::Impossible;
    count(GUEST_REPLAY_EXECUTE_AS_READ);
    return ReplayAccess::Read;
}

bool replay_kernel_access(u64 address, ReplayAccess access, u64 byte) {
    u8 value = static_cast<u8>(byte);
    return access == ReplayAccess::KernelWrite ? put_user(value, address) : get_user(value, address);
}

bool replay_call_in_kernel(AddressSpace& mm, const replay_op& op) {
    if (op.nr != kNrMmap || (op.a[3] & MAP_ANONYMOUS) != 0) return false;
    if (!map_file(mm, op.a, op.a[5] / kPage)) count(GUEST_REPLAY_MISMATCHES);
    return true;
}

bool replay_make_region(AddressSpace& mm, const replay_op& op) {
    const u64 start = op.a[0];
    const u64 length = op.a[1] - start;
    const u64 vm_flags = op.a[2];
    const bool file = op.a[4] != 0;
    const u64 flags = MAP_FIXED | ((vm_flags & VM_SHARED) != 0 ? MAP_SHARED : MAP_PRIVATE) | (file ? 0 : MAP_ANONYMOUS) |
                      ((vm_flags & VM_GROWSDOWN) != 0 ? MAP_GROWSDOWN : 0);
    const u64 arguments[6] = {start, length, protection_of(vm_flags), flags, 0, 0};
    if (file) return map_file(mm, arguments, op.a[3]);
    if (do_mmap(mm, start, length, arguments[2], flags, nullptr, 0) != static_cast<i64>(start)) return false;
    if ((vm_flags & VM_HUGEPAGE) != 0) return do_madvise(mm, start, length, MADV_HUGEPAGE) == 0;
    if ((vm_flags & VM_NOHUGEPAGE) != 0) return do_madvise(mm, start, length, MADV_NOHUGEPAGE) == 0;
    return true;
}

void replay_start_heap(AddressSpace& mm, u64 start) { mm.start_brk = mm.brk = start; }

}  // namespace km
