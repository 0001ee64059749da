#include "mmu/tlb/lru_heap.h"

#include <algorithm>
#include <bit>

namespace mmu {

using arch::u32;

LruHeap::LruHeap(unsigned slots) : ring_(std::bit_ceil(slots)), queued_{slots} {
    for (u32 slot = 0; slot < slots; ++slot) ring_[slot].slot = slot;
}

void LruHeap::move_first_to_heap(const std::vector<SlotUse>& use) {
    const u32 slot = take_first().slot;
    const Node rising{use[slot].stamp, slot};
    std::size_t at = heap_.size();
    heap_.push_back(rising);
    while (at != 0 && rising.stamp < heap_[(at - 1) / kChildren].stamp) {
        heap_[at] = heap_[(at - 1) / kChildren];
        at = (at - 1) / kChildren;
    }
    heap_[at] = rising;
}

LruHeap::Node LruHeap::pop_heap() {
    const Node first = heap_[0];
    const Node last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sink_first(last);
    return first;
}

// `node`, which takes the place of the first one, sinks below all that is older.
void LruHeap::sink_first(const Node& node) {
    Node* const nodes = heap_.data();
    const std::size_t size = heap_.size();
    const Node sinking = node;
    std::size_t at = 0;
    for (std::size_t child = 1; child < size; child = at * kChildren + 1) {
        const std::size_t end = std::min(child + kChildren, size);
        std::size_t least = child;
        for (std::size_t other = child + 1; other < end; ++other) least = nodes[other].stamp < nodes[least].stamp ? other : least;
        if (nodes[least].stamp >= sinking.stamp) break;
        nodes[at] = nodes[least];
        at = least;
    }
    nodes[at] = sinking;
}

}  // namespace mmu
