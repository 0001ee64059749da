// What each timing class asks of the execution units, and the units' ports as reservations.
#pragma once

#include <array>

#include "emu/isa/decoded_op.h"
#include "emu/timing/ledger/timeline.h"
#include "emu/timing/reservations.h"
#include "emu/timing/timing_config.h"

namespace emu {

// Ports by what they execute; how many there are of each is the profile's. Some are part of a group: those that multiply
// take single-cycle operations too, loads and stores share address generation, some vector ports divide. Neoverse N1
// (LLVM's model AArch64SchedNeoverseN1): B, S0 S1 and M for integers, L0 L1 for addresses, two for store data, V0 V1.
enum class Port : u8 {
    None, Integer, Multiply, Branch, Memory, Load, Store, StoreData, Vector, VectorDivide
};
inline constexpr std::size_t kPortCount = 10;

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
    SystemRead,
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

// IC by address, of the class of cache maintenance; DC goes to the data side alone.
[[nodiscard]] inline bool is_instruction_maintenance(const DecodedOp& op) {
    return op.timing.op_class == OpClass::CacheMaintenance && (op.word >> 8 & 15) == 5;
}

inline constexpr std::size_t kOpClassCount = static_cast<std::size_t>(OpClass::Crypto) + 1;
using ClassTimings = std::array<ClassTiming, kOpClassCount>;
[[nodiscard]] ClassTimings class_timings(const CoreTimingConfig& config);

class ExecutionPorts {
public:
    // The limit of a port, and that of the group which it is one of; null where that is all there is.
    struct Use {
        SlotRing<>* own{nullptr};
        SlotRing<>* group{nullptr};
    };

    explicit ExecutionPorts(const CoreTimingConfig& config);
    ExecutionPorts(const ExecutionPorts&) = delete;
    ExecutionPorts& operator=(const ExecutionPorts&) = delete;

    // The first cycle from `ready` on at which the port is free; it is taken.
    u64 reserve(Port port, unsigned occupancy, u64 ready) { return reserve(use_of(port), occupancy, ready); }
    static u64 reserve(const Use& use, unsigned occupancy, u64 ready) {
        return use.group == nullptr ? use.own->reserve(ready) : reserve_both(*use.group, *use.own, occupancy, ready);
    }
    // Of another port than None.
    [[nodiscard]] const Use& use_of(Port port) const { return uses_[static_cast<std::size_t>(port)]; }

private:
    [[nodiscard]] Use use(Port port, Port group) {
        SlotRing<>& own = rings_[static_cast<std::size_t>(port)];
        return {&own, port == group ? nullptr : &rings_[static_cast<std::size_t>(group)]};
    }
    [[nodiscard]] std::array<Use, kPortCount> uses(const CoreTimingConfig& config);
    // A port that is one of a group: it needs itself and one use of the group in every cycle of its occupancy.
    static u64 reserve_both(SlotRing<>& group, SlotRing<>& port, unsigned occupancy, u64 cycle);
    static u64 reserve_both_later(SlotRing<>& group, SlotRing<>& port, unsigned occupancy, u64 cycle);
    static u64 first_run(const SlotRing<>& group, const SlotRing<>& port, unsigned occupancy, u64 cycle);

    std::array<SlotRing<>, kPortCount> rings_;
    std::array<Use, kPortCount> uses_;
};

}  // namespace emu
