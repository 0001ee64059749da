// When the guest kernel gives pages back: seen at the entry of its page allocator's free function, as a probe sees it.
#pragma once

#include <optional>
#include <vector>

#include "emu/core/pe.h"
#include "emu/memory/loader.h"
#include "emu/memory/physical_memory.h"

namespace emu {

class PageReleases {
public:
    // Without the two symbols (another kernel, a bare guest) there are none: is_entry() is never true.
    PageReleases(const std::vector<Symbol>& functions, const std::vector<Symbol>& objects);

    struct Range {
        arch::u64 pa{0};
        arch::u64 bytes{0};
    };
    [[nodiscard]] bool is_entry(arch::u64 pc) const { return pc == entry_ && entry_ != 0; }
    // At the entry: what is about to be freed.
    [[nodiscard]] std::optional<Range> range(const Pe& pe, PhysicalMemory& memory) const;

private:
    arch::u64 entry_{0};
    arch::u64 frame_array_{0};  // address of the guest's guest_frame_array
};

}  // namespace emu
