// Stores from execution until they reach L1D: forwarding to younger loads, and the drain. A store asks for its line
// when it commits, so misses overlap; the queue empties in order.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "mmu/arch/bits.h"

namespace emu {

using arch::u64;

class StoreQueue {
public:
    struct Store {
        u64 pa{0};
        u64 bytes{0};
        u64 data_ready{0};  // address and data are known
        u64 drained{0};     // it is in L1D
    };

    explicit StoreQueue(unsigned size) : size_{size}, mask_{std::bit_ceil(size) - 1U}, stores_(mask_ + 1) {}

    // When the slot that the next store takes is free.
    [[nodiscard]] u64 slot_free() const { return stores_[(pushed_ - (size_ - 1)) & mask_].drained; }
    // When all stores so far are in L1D.
    [[nodiscard]] u64 drained() const { return drained_; }

    // A committed store whose line is in L1D at `line_ready`, and which keeps the write port for `port_cycles`.
    void push(const Store& store, u64 line_ready, u64 port_cycles) {
        drained_ = std::max(drained_ + port_cycles, line_ready);
        stores_[++pushed_ & mask_] = {store.pa, store.bytes, store.data_ready, drained_};
        for (u64 g = granule(store.pa); g <= granule(store.pa + store.bytes - 1); ++g) last_writer_[g % kGranules] = pushed_;
    }
    // Something that later barriers wait for, but that holds no slot: cache maintenance, stores to Device memory.
    void occupy_until(u64 cycle) { drained_ = drained_ > cycle ? drained_ : cycle; }

    // The youngest store that wrote one of the bytes; nullptr if none can still be queued.
    [[nodiscard]] const Store* youngest_overlap(u64 pa, u64 bytes) const;

private:
    // Which store last wrote an aligned 8-byte granule, as its number from 1; tables of numbers beside the ring make
    // the search independent of the queue's length.
    static constexpr u64 kGranules = 256;
    [[nodiscard]] static u64 granule(u64 pa) { return pa >> 3; }

    u64 size_;
    u64 mask_;
    std::vector<Store> stores_;  // number n at n modulo their count, a power of two that is not below size_
    u64 pushed_{0};
    u64 drained_{0};
    std::array<u64, kGranules> last_writer_{};
};

// An ascending run of stores. From its `threshold` on whole lines are taken to be overwritten, as Arm cores do in write
// streaming mode.
class StoreStream {
public:
    explicit StoreStream(u64 threshold) : threshold_{threshold} {}

    // Notes one store. Bytes of its run before it.
    u64 note(u64 pa, u64 bytes) {
        if (pa != next_) start_ = pa;
        next_ = pa + bytes;
        return pa - start_;
    }
    // Whether a store that begins a line, behind so much of its run, is taken to begin a whole one.
    [[nodiscard]] bool fills_lines(u64 run) const { return run >= threshold_; }

private:
    u64 threshold_;
    u64 start_{0};
    u64 next_{0};
};

// Two granules sharing a table entry can hide a store from its load; that load then pays the L1D latency instead.
inline const StoreQueue::Store* StoreQueue::youngest_overlap(u64 pa, u64 bytes) const {
    u64 youngest = 0;
    for (u64 g = granule(pa); g <= granule(pa + bytes - 1); ++g) {
        const u64 number = last_writer_[g % kGranules];
        youngest = number > youngest ? number : youngest;
    }
    if (youngest == 0 || pushed_ - youngest >= size_) return nullptr;
    const Store& store = stores_[youngest & mask_];
    return store.pa < pa + bytes && pa < store.pa + store.bytes ? &store : nullptr;
}

}  // namespace emu
