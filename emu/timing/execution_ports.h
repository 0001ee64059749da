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
inline constexpr std::size_t kPortCount = 7;

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

struct alignas(32) ClassTiming {
    Path path{Path::Compute};
    Port port{Port::None};
    u64 latency{1};
    unsigned occupancy{1};  // cycles for which the port takes nothing else
    bool in_load_queue{false};
    bool in_store_queue{false};
    Figure figure{Figure::Known};  // what `latency` is
    bool synchronizes{false};      // nothing behind it was fetched in the right context
};

inline constexpr std::size_t kOpClassCount = static_cast<std::size_t>(OpClass::Crypto) + 1;
using ClassTimings = std::array<ClassTiming, kOpClassCount>;
[[nodiscard]] ClassTimings class_timings(const CoreTimingConfig& config);

class ExecutionPorts {
public:
    explicit ExecutionPorts(const CoreTimingConfig& config)
        : rings_{SlotRing<>{kUnlimited},          SlotRing<>{config.integer_ports}, SlotRing<>{config.multiply_ports},
                 SlotRing<>{config.branch_ports}, SlotRing<>{config.load_ports},    SlotRing<>{config.vector_ports},
                 SlotRing<>{1}} {}

    // The first cycle from `ready` on at which the port is free; it is taken.
    u64 reserve(Port port, unsigned occupancy, u64 ready) {
        if (port == Port::None) return ready;
        const Port group = kGroupOf[static_cast<std::size_t>(port)];
        return group == port ? ring(port).reserve(ready) : reserve_both(ring(group), ring(port), occupancy, ready);
    }

private:
    static constexpr unsigned kUnlimited = 255;
    // Of which group a port is one.
    static constexpr std::array<Port, kPortCount> kGroupOf{Port::None,   Port::Integer, Port::Integer, Port::Branch,
                                                           Port::Memory, Port::Vector,  Port::Vector};

    [[nodiscard]] SlotRing<>& ring(Port port) { return rings_[static_cast<std::size_t>(port)]; }
    // A port that is one of a group: it needs itself and one use of the group in every cycle of its occupancy.
    static u64 reserve_both(SlotRing<>& group, SlotRing<>& port, unsigned occupancy, u64 cycle);

    std::array<SlotRing<>, kPortCount> rings_;
};

}  // namespace emu
