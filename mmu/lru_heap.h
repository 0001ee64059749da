// As LruQueue, for many slots: a heap by the stamps that were last seen, which true ones never fall below. The cost is that of
// a few levels for each slot that turns out to have been used meanwhile, however many there are and in whatever order.
#pragma once

#include <vector>

#include "mmu/slot_use.h"

namespace mmu {

class LruHeap {
public:
    explicit LruHeap(unsigned slots);

    // The slot with the smallest stamp in `use`, of which stamps may have grown since the last call but not shrunk.
    [[nodiscard]] unsigned oldest(const std::vector<SlotUse>& use) {
        while (use[heap_[0].slot].stamp != heap_[0].stamp) sink_first(use[heap_[0].slot].stamp);
        return heap_[0].slot;
    }

    void serialize(auto& archive) { archive(heap_); }

private:
    static constexpr std::size_t kChildren = 4;

    struct Node {
        arch::u64 stamp{0};  // at most the slot's; at most those of its children
        arch::u32 slot{0};

        void serialize(auto& archive) { archive(stamp, slot); }
    };
    void sink_first(arch::u64 stamp);

    std::vector<Node> heap_;  // the children of node n are n * kChildren + 1 and those behind it
};

}  // namespace mmu
