// Physical memory before the buddy allocator exists: what is RAM, what of it is taken. Linux: memblock.
#pragma once

#include "kernel_model/boot/device_tree.h"

namespace km {

class BootMemory {
public:
    static constexpr unsigned kMaxReserved = 8;

    explicit BootMemory(const DeviceTree& tree) : tree_{tree} {}

    // Ranges may overlap; they are widened to whole pages.
    void reserve(MemoryRange range);
    // First fit, `alignment` a power of two and at least a page; reserved from then on. 0: no room.
    [[nodiscard]] u64 allocate(u64 bytes, u64 alignment);

    // Calls visit(MemoryRange) for each maximal free range, in ascending order.
    template <class Visit>
    void for_each_free(Visit visit) const {
        for (unsigned i = 0; i < tree_.ram_count; ++i) {
            for (u64 at = tree_.ram[i].start; at < tree_.ram[i].end;) {
                const MemoryRange free = next_free(at, tree_.ram[i].end);
                if (free.bytes() != 0) visit(free);
                at = free.end;
            }
        }
    }

private:
    // The first free range at or above `at`, within `end`; {end, end} if there is none.
    [[nodiscard]] MemoryRange next_free(u64 at, u64 end) const;

    const DeviceTree& tree_;
    MemoryRange reserved_[kMaxReserved];
    unsigned reserved_count_{0};
};

}  // namespace km
