// Exact least-recently-used order over a few dozen slots. Hits only store stamps; the order is repaired when somebody asks for
// the oldest. A slot that was used meanwhile goes back in at its stamp, searched for from the young end, near which it
// usually belongs. Where old stamps are refreshed out of order the cost grows with the number of slots: see LruHeap.
#pragma once

#include <vector>

#include "mmu/tlb/slot_use.h"

namespace mmu {

class LruQueue {
public:
    explicit LruQueue(unsigned slots);

    // The slot with the smallest stamp in `use`, of which stamps may have grown since the last call but not shrunk.
    [[nodiscard]] unsigned oldest(const std::vector<SlotUse>& use) {
        // Known stamps never exceed true ones, so an oldest that is up to date is the minimum.
        while (use[oldest_].stamp != nodes_[oldest_].stamp) reinsert_oldest(use[oldest_].stamp);
        return oldest_;
    }

    void serialize(auto& archive) { archive(nodes_, oldest_, youngest_); }

private:
    static constexpr arch::u32 kEnd = ~arch::u32{0};

    struct Node {
        arch::u64 stamp{0};  // at most the slot's; ascending from oldest_ to youngest_
        arch::u32 older{kEnd};
        arch::u32 younger{kEnd};

        void serialize(auto& archive) { archive(stamp, older, younger); }
    };
    void reinsert_oldest(arch::u64 stamp);

    std::vector<Node> nodes_;  // by slot
    arch::u32 oldest_{kEnd};
    arch::u32 youngest_{kEnd};
};

}  // namespace mmu
