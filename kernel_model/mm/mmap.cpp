// Linux: do_mmap(), mmap_region(), mm/mmap.c, 6.12.
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/munmap.h"
#include "kernel_model/mm/populate.h"
#include "kernel_model/mm/unmapped_area.h"
#include "kernel_model/mm/vma_merge.h"

namespace km {
namespace {

// What the call asks for, completed step by step.
struct Request {
    AddressSpace& mm;
    u64 addr;
    u64 len;
    u64 flags;
    File* file;
    u64 pgoff;
    u64 vm_flags{0};
};

u64 vm_flag(u64 word, u64 bit, u64 flag) { return (word & bit) != 0 ? flag : 0; }

// Linux: calc_vm_prot_bits(), calc_vm_flag_bits(). A thread's stack never gets large folios.
u64 calc_vm_flags(u64 prot, u64 flags) {
    return vm_flag(prot, PROT_READ, VM_READ) | vm_flag(prot, PROT_WRITE, VM_WRITE) | vm_flag(prot, PROT_EXEC, VM_EXEC) |
           vm_flag(flags, MAP_GROWSDOWN, VM_GROWSDOWN) | vm_flag(flags, MAP_LOCKED, VM_LOCKED) |
           vm_flag(flags, MAP_STACK, VM_NOHUGEPAGE) | vm_flag(flags, MAP_NORESERVE, VM_NORESERVE) | VM_MAYREAD |
           VM_MAYWRITE | VM_MAYEXEC;
}

// File offsets are signed 64-bit byte counts. Linux: file_mmap_ok().
bool offset_fits(u64 pgoff, u64 len) {
    constexpr u64 kMaxFileSize = arch::low_mask(63);
    return len <= kMaxFileSize && pgoff <= (kMaxFileSize - len) >> PAGE_SHIFT;
}

i64 complete_file_request(Request& request) {
    if (!offset_fits(request.pgoff, request.len)) return -EOVERFLOW;
    switch (request.flags & MAP_TYPE) {
        case MAP_SHARED_VALIDATE:
        case MAP_SHARED: request.vm_flags |= VM_SHARED | VM_MAYSHARE; break;
        case MAP_PRIVATE: break;
        default: return -EINVAL;
    }
    return (request.vm_flags & VM_GROWSDOWN) != 0 ? -EINVAL : 0;
}

// Private anonymous memory is part of one virtual file whose offsets are the addresses, so that neighbours merge.
i64 complete_anonymous_request(Request& request) {
    switch (request.flags & MAP_TYPE) {
        case MAP_DROPPABLE:  // where the C library keeps the state of getrandom()
            if ((request.flags & (MAP_LOCKED | MAP_HUGETLB)) != 0 || (request.vm_flags & VM_GROWSDOWN) != 0)
                return -EINVAL;
            request.vm_flags |= VM_DROPPABLE | VM_NORESERVE | VM_WIPEONFORK | VM_DONTDUMP;
            [[fallthrough]];
        case MAP_PRIVATE: request.pgoff = request.addr >> PAGE_SHIFT; return 0;
        case MAP_SHARED:
            if ((request.vm_flags & VM_GROWSDOWN) != 0) return -EINVAL;
            request.vm_flags |= VM_SHARED | VM_MAYSHARE;
            request.pgoff = 0;
            return 0;
        default: return -EINVAL;
    }
}

Vma* merge_with_neighbour(const Request& request) {
    Vma* const next = find_vma(request.mm, request.addr);
    return vma_merge_new_range({.mm = request.mm,
                                .start = request.addr,
                                .end = request.addr + request.len,
                                .pgoff = request.pgoff,
                                .flags = request.vm_flags,
                                .file = request.file,
                                .prev = next != nullptr ? next->prev : request.mm.vmas.last(),
                                .next = next});
}

bool insert_new_region(const Request& request) {
    Vma* const vma = vm_area_alloc(request.mm);
    if (vma == nullptr) return false;
    vma->vm_start = request.addr;
    vma->vm_end = request.addr + request.len;
    vma->vm_pgoff = request.pgoff;
    vma->vm_flags = request.vm_flags;
    vma->vm_file = request.file;
    if (vma->vm_file != nullptr) file_get(vma->vm_file);
    request.mm.vmas.insert(*vma);
    return true;
}

i64 mmap_region(Request& request) {
    if (const i64 error = unmap_range(request.mm, request.addr, request.addr + request.len); error != 0) return error;
    if ((request.vm_flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE) request.vm_flags |= VM_ACCOUNT;
    if (merge_with_neighbour(request) != nullptr) return static_cast<i64>(request.addr);
    return insert_new_region(request) ? static_cast<i64>(request.addr) : -ENOMEM;
}

// Linux: shmem_zero_setup(): a file of its own that lives as long as regions map it.
i64 map_shared_anonymous(Request& request) {
    request.file = file_create(nullptr, request.len);
    if (request.file == nullptr) return -ENOMEM;
    const i64 result = mmap_region(request);
    file_put(request.file);
    return result;
}

i64 check_length(const AddressSpace& mm, u64 len, u64 pgoff) {
    if (len == 0) return -EINVAL;
    const u64 rounded = arch::align_up(len, PAGE_SIZE);
    if (rounded == 0) return -ENOMEM;
    if (pgoff + (rounded >> PAGE_SHIFT) < pgoff) return -EOVERFLOW;
    return mm.vmas.size() > kMaxMapCount ? -ENOMEM : 0;
}

// A hint below the lowest address is raised to it. Linux: round_hint_to_min().
u64 round_hint_to_min(u64 hint) {
    hint &= PAGE_MASK;
    return hint != 0 && hint < kMmapMinAddr ? kMmapMinAddr : hint;
}

// Finds the address and the flags.
i64 complete(Request& request) {
    if ((request.flags & MAP_FIXED_NOREPLACE) != 0) request.flags |= MAP_FIXED;
    if ((request.flags & MAP_FIXED) == 0) request.addr = round_hint_to_min(request.addr);
    const i64 addr = get_unmapped_area(request.mm, request.file, request.addr, request.len, request.flags);
    if (addr < 0) return addr;
    request.addr = static_cast<u64>(addr);
    if ((request.flags & MAP_FIXED_NOREPLACE) != 0 &&
        find_vma_intersection(request.mm, request.addr, request.addr + request.len) != nullptr)
        return -EEXIST;
    return request.file != nullptr ? complete_file_request(request) : complete_anonymous_request(request);
}

}  // namespace

extern "C" [[gnu::noinline]] i64 do_mmap(AddressSpace& mm, u64 addr, u64 len, u64 prot, u64 flags, File* file,
                                         u64 pgoff) {
    if (const i64 error = check_length(mm, len, pgoff); error != 0) return error;
    Request request{mm, addr, arch::align_up(len, PAGE_SIZE), flags, file, pgoff, calc_vm_flags(prot, flags)};
    if (const i64 error = complete(request); error != 0) return error;
    const bool own_file = file == nullptr && (request.vm_flags & VM_SHARED) != 0;
    const i64 result = own_file ? map_shared_anonymous(request) : mmap_region(request);
    if (result >= 0 && ((request.vm_flags & VM_LOCKED) != 0 || (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE))
        mm_populate(mm, request.addr, request.addr + request.len);
    return result;
}

}  // namespace km
