#include "kernel_model/mm/unmapped_area.h"

#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/mman.h"

namespace km {
namespace {

// Linux: unmapped_area_topdown(), unmapped_area().
i64 topdown(const AddressSpace& mm, u64 len) {
    const Gap gap = mm.vmas.highest_gap(kMmapMinAddr, mm.mmap_base, len);
    return gap.empty() ? -ENOMEM : static_cast<i64>(gap.end - len);
}
i64 bottomup(const AddressSpace& mm, u64 len) {
    const u64 base = arch::align_up(mm.task_size / 4, PAGE_SIZE);  // Linux: TASK_UNMAPPED_BASE
    const Gap gap = mm.vmas.lowest_gap(base, mm.task_size, len);
    return gap.empty() ? -ENOMEM : static_cast<i64>(gap.start);
}
i64 search(const AddressSpace& mm, u64 len) {
    const i64 found = topdown(mm, len);
    return found >= 0 ? found : bottomup(mm, len);
}

// A hole with room for one PMD more, so that an aligned address lies in it. Linux: __thp_get_unmapped_area().
i64 search_pmd_aligned(const AddressSpace& mm, u64 len) {
    const i64 found = search(mm, len + PMD_SIZE);
    return found < 0 ? found : static_cast<i64>((static_cast<u64>(found) & PMD_MASK) + PMD_SIZE);
}

// Linux: the hint's part of generic_get_unmapped_area_topdown().
bool is_free(const AddressSpace& mm, u64 addr, u64 len) {
    if (addr < kMmapMinAddr || len > mm.task_size || addr > mm.task_size - len) return false;
    const Vma* const next = find_vma(mm, addr);
    return next == nullptr || addr + len <= vm_start_gap(*next);
}

i64 find_address(const AddressSpace& mm, const File* file, u64 addr, u64 len, u64 flags) {
    if ((flags & MAP_FIXED) != 0) return static_cast<i64>(addr);
    if (const u64 hint = arch::align_up(addr, PAGE_SIZE); hint != 0 && is_free(mm, hint, len))
        return static_cast<i64>(hint);
    const bool wants_pmd = file == nullptr && (flags & MAP_SHARED) == 0 && addr == 0 && arch::is_aligned(len, PMD_SIZE);
    if (wants_pmd)
        if (const i64 aligned = search_pmd_aligned(mm, len); aligned >= 0) return aligned;
    return search(mm, len);
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
