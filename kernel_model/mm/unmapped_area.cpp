#include "kernel_model/mm/unmapped_area.h"

#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/mman.h"

namespace km {
namespace {

// `alignment` is a power of two. Null gap: -ENOMEM. Linux: unmapped_area_topdown(), unmapped_area().
i64 topdown(const AddressSpace& mm, u64 len, u64 alignment) {
    const Gap gap = mm.vmas.highest_gap(kMmapMinAddr, mm.mmap_base, len + alignment - PAGE_SIZE);
    return gap.empty() ? -ENOMEM : static_cast<i64>(arch::align_down(gap.end - len, alignment));
}
i64 bottomup(const AddressSpace& mm, u64 len, u64 alignment) {
    const u64 base = arch::align_up(mm.task_size / 4, PAGE_SIZE);  // Linux: TASK_UNMAPPED_BASE
    const Gap gap = mm.vmas.lowest_gap(base, mm.task_size, len + alignment - PAGE_SIZE);
    return gap.empty() ? -ENOMEM : static_cast<i64>(arch::align_up(gap.start, alignment));
}

// Linux: the hint's part of generic_get_unmapped_area_topdown().
bool is_free(const AddressSpace& mm, u64 addr, u64 len) {
    if (addr < kMmapMinAddr || len > mm.task_size || addr > mm.task_size - len) return false;
    const Vma* const next = find_vma(mm, addr);
    return next == nullptr || addr + len <= vm_start_gap(*next);
}

i64 search(const AddressSpace& mm, u64 len, u64 alignment) {
    const i64 found = topdown(mm, len, alignment);
    return found >= 0 ? found : bottomup(mm, len, alignment);
}

i64 find_address(const AddressSpace& mm, const File* file, u64 addr, u64 len, u64 flags) {
    if ((flags & MAP_FIXED) != 0) return static_cast<i64>(addr);
    if (const u64 hint = arch::align_up(addr, PAGE_SIZE); hint != 0 && is_free(mm, hint, len))
        return static_cast<i64>(hint);
    const bool wants_pmd = file == nullptr && (flags & MAP_SHARED) == 0 && addr == 0;
    if (wants_pmd && arch::is_aligned(len, PMD_SIZE))
        if (const i64 aligned = search(mm, len, PMD_SIZE); aligned >= 0) return aligned;
    return search(mm, len, PAGE_SIZE);
}

}  // namespace

i64 get_unmapped_area(const AddressSpace& mm, const File* file, u64 addr, u64 len, u64 flags) {
    if (len > mm.task_size) return -ENOMEM;
    const i64 found = find_address(mm, file, addr, len, flags);
    if (found < 0) return found;
    const u64 address = static_cast<u64>(found);
    if (address > mm.task_size - len) return -ENOMEM;
    if (!arch::is_aligned(address, PAGE_SIZE)) return -EINVAL;
    return address < kMmapMinAddr ? -EPERM : found;
}

}  // namespace km
