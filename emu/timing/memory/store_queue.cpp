#include "emu/timing/memory/store_queue.h"

#include <algorithm>

namespace emu {

void StoreQueue::push(const Store& store, u64 line_ready, u64 port_cycles) {
    drained_ = std::max(drained_ + port_cycles, line_ready);
    stores_[next_] = store;
    stores_[next_].drained = drained_;
    if (++next_ == stores_.size()) next_ = 0;
    ++pushed_;
    for (u64 g = granule(store.pa); g <= granule(store.pa + store.bytes - 1); ++g)
        last_writer_[g % kGranules] = pushed_;
}

}  // namespace emu
