// What barriers, acquire and release make later accesses wait for. Stores drain in order anyway, so only later loads
// have to be held back.
#pragma once

#include "emu/timing/memory/load_store_unit.h"

namespace emu {

// LDAPR and its kin, which an older store-release does not hold up.
[[nodiscard]] inline bool is_processor_consistent(const DecodedOp& op) {
    return (op.word & 0x3f20'fc00) == 0x3820'c000 || (op.word & 0x3f20'0c00) == 0x1900'0000;
}

class MemoryOrder {
public:
    explicit MemoryOrder(LoadStoreUnit& unit) : unit_{unit} {}

    // The cycle before which this load may not start.
    [[nodiscard]] u64 load_floor(const DecodedOp& op) const {
        if (op.timing.op_class != OpClass::LoadAcquire || is_processor_consistent(op)) return load_floor_;
        return std::max(load_floor_, unit_.release_drained());
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
        const u64 loaded = types == BarrierTypes::Writes ? head : std::max(head, loads_done_);
        return types == BarrierTypes::Reads ? loaded : std::max(loaded, unit_.stores().drained());
    }

private:
    LoadStoreUnit& unit_;
    u64 load_floor_{0};  // DMB and acquire: later loads begin no earlier
    u64 loads_done_{0};  // when every load so far has its value
};

}  // namespace emu
