// As LruQueue, for many slots. Slots that are refilled in turn, which most are, queue up in a ring and cost nothing more; one
// that turns out to have been used while it queued goes into a heap by its stamp, at the cost of a few levels, however many
// there are and in whatever order they were used.
#pragma once

#include <vector>

#include "mmu/tlb/slot_use.h"

namespace mmu {

class LruHeap {
public:
    explicit LruHeap(unsigned slots);

    // The slot with the smallest stamp in `use`, of equal ones of the beginning the first. A stamp that has changed since the last
    // call is larger than all were then.
    [[nodiscard]] unsigned oldest(const std::vector<SlotUse>& use) {
        if (given_.slot != kNone) {
            if (use[given_.slot].stamp == given_.stamp) return given_.slot;
            append({use[given_.slot].stamp, given_.slot});
        }
        // Known stamps never exceed true ones, so where the least known one is up to date it is the minimum.
        while (queued_ != 0 && use[ring_[first_].slot].stamp != ring_[first_].stamp) move_first_to_heap(use);
        while (!heap_.empty() && use[heap_[0].slot].stamp != heap_[0].stamp) sink_first({use[heap_[0].slot].stamp, heap_[0].slot});
        const bool from_ring = queued_ != 0 && (heap_.empty() || ring_[first_].stamp <= heap_[0].stamp);
        given_ = from_ring ? take_first() : pop_heap();
        return given_.slot;
    }

    void serialize(auto& archive) { archive(ring_, first_, queued_, heap_, given_); }

private:
    static constexpr std::size_t kChildren = 4;
    static constexpr arch::u32 kNone = ~arch::u32{0};

    struct Node {
        arch::u64 stamp{0};  // at most the slot's
        arch::u32 slot{0};

        void serialize(auto& archive) { archive(stamp, slot); }
    };
    void append(const Node& node) { ring_[(first_ + queued_++) & (ring_.size() - 1)] = node; }
    Node take_first() {
        const Node node = ring_[first_];
        first_ = static_cast<arch::u32>((first_ + 1) & (ring_.size() - 1));
        --queued_;
        return node;
    }
    void move_first_to_heap(const std::vector<SlotUse>& use);
    [[nodiscard]] Node pop_heap();
    void sink_first(const Node& node);

    std::vector<Node> ring_;  // a power of two; queued_ of them from first_ on, ascending
    arch::u32 first_{0};
    arch::u32 queued_;
    std::vector<Node> heap_;  // the children of node n are n * kChildren + 1 and those behind it, none older
    Node given_{0, kNone};  // what was returned last is in neither
};

}  // namespace mmu
