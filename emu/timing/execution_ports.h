// What each timing class asks of the execution units, and the units' ports as reservations.
#pragma once

#include <array>

#include "emu/isa/decoded_op.h"
#include "emu/timing/reservations.h"
#include "emu/timing/timeline.h"
#include "emu/timing/timing_config.h"

namespace emu {

// Neoverse N1 (LLVM's model AArch64SchedNeoverseN1): B, S0 S1 and M for integers, L0 L1 for addresses, V0 V1. M also
// takes single-cycle operations, V0 alone divides. Store data has as many ports as addresses have and is never the
// limit.
enum class Port : u8 { None, Integer, Multiply, Branch, Memory, Vector, VectorDivide };

// Which path of the pipeline times the operation.
enum class Path : u8 {
    Compute,
    Branch,
    Load,
    Store,
    Atomic,
    StoreExclusive,
    Prefetch,
    ZeroBlock,
    CacheMaintenance,
    Tlbi,
    AddressTranslate,
    Dsb,
    Dmb,
    Isb,
    SystemWrite,
};

struct ClassTiming {
    Path path{Path::Compute};
    Port port{Port::None};
    u64 latency{1};
    unsigned occupancy{1};  // cycles for which the port takes nothing else
    bool in_load_queue{false};
    bool in_store_queue{false};
    Figure figure{Figure::Known};  // what `latency` is
};

inline constexpr std::size_t kOpClassCount = static_cast<std::size_t>(OpClass::Crypto) + 1;
using ClassTimings = std::array<ClassTiming, kOpClassCount>;
[[nodiscard]] ClassTimings class_timings(const CoreTimingConfig& config);

class ExecutionPorts {
public:
    explicit ExecutionPorts(const CoreTimingConfig& config)
        : integer_{config.integer_ports},
          multiply_{config.multiply_ports},
          branch_{config.branch_ports},
          memory_{config.load_ports},
          vector_{config.vector_ports},
          divide_{1} {}

    // The first cycle from `ready` on at which the port is free; it is taken.
    u64 reserve(Port port, unsigned occupancy, u64 ready) {
        switch (port) {
            case Port::None: return ready;
            case Port::Integer: return integer_.reserve(ready);
            case Port::Branch: return branch_.reserve(ready);
            case Port::Memory: return memory_.reserve(ready);
            case Port::Vector: return vector_.reserve(ready);
            case Port::Multiply: return reserve_both(integer_, multiply_, occupancy, ready);
            case Port::VectorDivide: return reserve_both(vector_, divide_, occupancy, ready);
        }
        return ready;
    }

private:
    // A port that is one of a group: it needs itself and one use of the group in every cycle of its occupancy.
    static u64 reserve_both(SlotRing& group, SlotRing& port, unsigned occupancy, u64 cycle);

    SlotRing integer_;
    SlotRing multiply_;
    SlotRing branch_;
    SlotRing memory_;
    SlotRing vector_;
    SlotRing divide_;
};

}  // namespace emu
