// What barriers, acquire and release make later accesses wait for. Stores drain in order anyway, so only later loads
// have to be held back.
#pragma once

#include "emu/timing/load_store_unit.h"

namespace emu {

class MemoryOrder {
public:
    explicit MemoryOrder(LoadStoreUnit& unit) : unit_{unit} {}

    // The cycle before which a load of this class may not start.
    [[nodiscard]] u64 load_floor(OpClass op_class) const {
        return op_class == OpClass::LoadAcquire ? std::max(load_floor_, unit_.release_drained()) : load_floor_;
    }
    // A load, or an operation that reads memory, has its value at `complete`.
    void loaded(OpClass op_class, u64 complete) {
        loads_done_ = std::max(loads_done_, complete);
        if (op_class == OpClass::LoadAcquire) load_floor_ = std::max(load_floor_, complete);
    }
    // A DMB whose turn comes at `ready`.
    void order_later_loads(BarrierTypes types, u64 ready) {
        if (types == BarrierTypes::Writes) return;
        load_floor_ = std::max({load_floor_, loads_done_, ready});
        if (types == BarrierTypes::All) load_floor_ = std::max(load_floor_, unit_.stores().drained());
    }
    // When the accesses are done that a DSB at `head` waits for.
    [[nodiscard]] u64 accesses_done(BarrierTypes types, u64 head) const {
        const u64 loaded = std::max(head, loads_done_);
        return types == BarrierTypes::Reads ? loaded : std::max(loaded, unit_.stores().drained());
    }

private:
    LoadStoreUnit& unit_;
    u64 load_floor_{0};  // DMB and acquire: later loads begin no earlier
    u64 loads_done_{0};  // when every load so far has its value
};

}  // namespace emu
