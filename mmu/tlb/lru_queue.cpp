#include "mmu/tlb/lru_queue.h"

namespace mmu {

using arch::u32;
using arch::u64;

LruQueue::LruQueue(unsigned slots) : nodes_(slots) {
    if (slots == 0) return;
    for (u32 slot = 0; slot < slots; ++slot) {
        nodes_[slot].older = slot == 0 ? kEnd : slot - 1;
        nodes_[slot].younger = slot + 1 == slots ? kEnd : slot + 1;
    }
    oldest_ = 0;
    youngest_ = slots - 1;
}

void LruQueue::reinsert_oldest(u64 stamp) {
    const u32 slot = oldest_;
    Node& node = nodes_[slot];
    node.stamp = stamp;
    const u32 second = node.younger;
    if (second == kEnd || nodes_[second].stamp >= stamp) return;
    oldest_ = second;
    nodes_[second].older = kEnd;
    u32 before = youngest_;  // stops at `second` at the latest
    while (nodes_[before].stamp > stamp) before = nodes_[before].older;
    const u32 after = nodes_[before].younger;
    node.older = before;
    node.younger = after;
    nodes_[before].younger = slot;
    if (after == kEnd) youngest_ = slot;
    else nodes_[after].older = slot;
}

}  // namespace mmu
