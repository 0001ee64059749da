#include "kernel_model/boot/boot_memory.h"

#include "kernel_model/boot/panic.h"
#include "mmu/arch/granule.h"

namespace km {
namespace {
constexpr u64 kPage = arch::page_size(arch::Granule::k4K);
}

void BootMemory::reserve(MemoryRange range) {
    if (range.bytes() == 0) return;
    if (reserved_count_ == kMaxReserved) panic("too many reserved memory ranges at boot");
    reserved_[reserved_count_++] = {arch::align_down(range.start, kPage), arch::align_up(range.end, kPage)};
}

MemoryRange BootMemory::next_free(u64 at, u64 end) const {
    for (bool moved = true; moved;) {
        moved = false;
        for (unsigned i = 0; i < reserved_count_; ++i) {
            if (at < reserved_[i].start || at >= reserved_[i].end) continue;
            at = reserved_[i].end;
            moved = true;
        }
    }
    if (at >= end) return {end, end};
    for (unsigned i = 0; i < reserved_count_; ++i)
        if (reserved_[i].start > at && reserved_[i].start < end) end = reserved_[i].start;
    return {at, end};
}

u64 BootMemory::allocate(u64 bytes, u64 alignment) {
    u64 found = 0;
    for_each_free([&](MemoryRange free) {
        const u64 start = arch::align_up(free.start, alignment);
        if (found == 0 && start + bytes <= free.end) found = start;
    });
    if (found != 0) reserve({found, found + bytes});
    return found;
}

}  // namespace km
