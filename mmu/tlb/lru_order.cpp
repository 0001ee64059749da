#include "mmu/tlb/lru_order.h"

#include <algorithm>

namespace mmu {

using arch::u32;
using arch::u64;

LruOrder::LruOrder(unsigned slots) : order_(slots) {
    for (u32 slot = 0; slot < slots; ++slot) order_[slot].slot = slot;
}

void LruOrder::begin_anew(const std::vector<SlotUse>& use) {
    for (u32 slot = 0; slot < order_.size(); ++slot) order_[slot] = {use[slot].stamp, slot};
    take_order(use);
}

// Most slots came up, were refilled, and not used again: they are in order already.
void LruOrder::take_order(const std::vector<SlotUse>& use) {
    used_again_.clear();
    std::size_t ascending = 0;
    u64 last = 0;
    for (const Node node : order_) {
        const u64 stamp = use[node.slot].stamp;
        if (stamp == node.stamp && stamp >= last) {
            order_[ascending++] = node;
            last = stamp;
        } else {
            used_again_.push_back({stamp, node.slot});
        }
    }
    std::sort(used_again_.begin(), used_again_.end(),
              [](const Node& a, const Node& b) { return a.stamp != b.stamp ? a.stamp < b.stamp : a.slot < b.slot; });
    merge_used_again(ascending);
    next_ = 0;
}

// Into the first `ascending` ones, from the end on.
void LruOrder::merge_used_again(std::size_t ascending) {
    std::size_t left = used_again_.size();
    for (std::size_t to = order_.size(); left != 0; --to) {
        const bool is_old = ascending != 0 && order_[ascending - 1].stamp > used_again_[left - 1].stamp;
        order_[to - 1] = is_old ? order_[--ascending] : used_again_[--left];
    }
}

}  // namespace mmu
