#include "mmu/lru_heap.h"

#include <algorithm>

namespace mmu {

using arch::u32;
using arch::u64;

LruHeap::LruHeap(unsigned slots) : heap_(slots) {
    for (u32 slot = 0; slot < slots; ++slot) heap_[slot].slot = slot;
}

// The first node has become `stamp`: it sinks below all that is older.
void LruHeap::sink_first(u64 stamp) {
    Node* const nodes = heap_.data();
    const std::size_t size = heap_.size();
    const Node sinking{stamp, nodes[0].slot};
    std::size_t at = 0;
    for (std::size_t child = 1; child < size; child = at * kChildren + 1) {
        const std::size_t end = std::min(child + kChildren, size);
        std::size_t least = child;
        for (std::size_t other = child + 1; other < end; ++other) least = nodes[other].stamp < nodes[least].stamp ? other : least;
        if (nodes[least].stamp >= stamp) break;
        nodes[at] = nodes[least];
        at = least;
    }
    nodes[at] = sinking;
}

}  // namespace mmu
