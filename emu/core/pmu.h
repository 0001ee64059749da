// PMUv3: what a guest reads of the counters that Foldwalk keeps anyway. A counter's value is what it held when it
// last started to count, plus the events since. Arm: "The Performance Monitors Extension".
#pragma once

#include <array>

#include "emu/isa/decoded_op.h"
#include "mmu/base/counters.h"

namespace emu {

struct CoreConfig;

inline constexpr unsigned kPmuEventCounters = 6;
inline constexpr unsigned kPmuCycleCounter = 31;  // its bit in the enable and overflow registers

struct PmuCounter {
    u64 held{0};    // value when the counter last started or stopped
    u64 origin{0};  // total of its event at that moment
    u32 filter{0};  // PMEVTYPERn_EL0, PMCCFILTR_EL0

    template <class Archive>
    void serialize(Archive& archive) {
        archive(held, origin, filter);
    }
};

struct PmuState {
    std::array<PmuCounter, kPmuEventCounters + 1> counter{};  // the last one counts cycles
    u32 control{0};    // PMCR_EL0.E, D, X, DP, LC
    u32 enabled{0};    // PMCNTENSET_EL0
    u32 overflow{0};   // PMOVSSET_EL0
    u32 interrupts{0}; // PMINTENSET_EL1
    // INST_RETIRED, by Exception level, when the timing model began: an instruction before that takes a cycle.
    std::array<u64, 2> untimed{~u64{0}, ~u64{0}};

    template <class Archive>
    void serialize(Archive& archive) {
        for (PmuCounter& c : counter) c.serialize(archive);
        archive(control, enabled, overflow, interrupts, untimed);
    }
};

// From here on CPU_CYCLES is counted by a timing model. Counters must be settled.
void begin_timing(PmuState& pmu, const mmu::Counters& counters);

// PMCEID0_EL0 in bits 31:0, PMCEID1_EL0 in bits 63:32: the common events that the core counts, and SW_INCR.
[[nodiscard]] u64 announced_events(const CoreConfig& config);

// Reads and writes of the registers of hook Pmu; counters must be settled. `row` is a row of kSysRegs.
[[nodiscard]] u64 read_pmu(Pe& pe, u8 row);
void write_pmu(Pe& pe, u8 row, u64 value);

}  // namespace emu
