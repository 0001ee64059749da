// Exact least-recently-used order. Hits only store stamps, so the order of all slots is taken now and then: those not used since
// are older than those that were, and come up in that order. Once all have come up it is taken anew. Each slot has been used
// between two times, so what a use costs does not grow with the number of slots (but for the sorting of those that were not
// used in the order in which they came up).
#pragma once

#include <vector>

#include "mmu/tlb/slot_use.h"

namespace mmu {

class LruOrder {
public:
    explicit LruOrder(unsigned slots);

    // The slot with the smallest stamp in `use`, of equal ones of the beginning the first. A stamp that has changed since the last
    // call is larger than all were then.
    [[nodiscard]] unsigned oldest(const std::vector<SlotUse>& use) {
        for (;;) {
            Node& node = order_[next_];
            const arch::u64 stamp = use[node.slot].stamp;
            if (stamp == node.stamp) return node.slot;
            node.stamp = stamp;
            if (++next_ == order_.size()) [[unlikely]] take_order(use);
        }
    }
    // The stamps are others now.
    void begin_anew(const std::vector<SlotUse>& use);

private:
    struct Node {
        arch::u64 stamp{0};  // from next_ on as when the order was taken, ascending; before it as when the slot came up
        arch::u32 slot{0};
    };
    void take_order(const std::vector<SlotUse>& use);
    void merge_used_again(std::size_t ascending);

    std::vector<Node> order_;
    std::size_t next_{0};
    std::vector<Node> used_again_;  // scratch of take_order()
};

}  // namespace mmu
