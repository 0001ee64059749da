#include "emu/core/pmu.h"

#include <algorithm>

#include "emu/core/core_config.h"
#include "emu/core/pe.h"

namespace emu {
namespace {

// PMCR_EL0: E, P, C, D, LC and the bits that are only kept (X, DP).
constexpr u32 kEnable = 1;
constexpr u32 kResetEvents = 2;
constexpr u32 kResetCycles = 4;
constexpr u32 kDivide = 1u << 3;
constexpr u32 kLongCycle = 1u << 6;
constexpr u32 kKeptControl = 0x79;
// PMEVTYPERn_EL0: P and U stop counting at EL1 and EL0; the event number.
constexpr u32 kNotEl1 = 1u << 31;
constexpr u32 kNotEl0 = 1u << 30;
constexpr u32 kEventNumber = 0xffff;
constexpr u32 kSoftwareIncrement = 0;
constexpr unsigned kCycles = kPmuEventCounters;  // index of the cycle counter in PmuState::counter

constexpr u32 enable_bit(unsigned index) { return 1u << (index == kCycles ? kPmuCycleCounter : index); }

const mmu::EventInfo* find_event(u32 number) {
    for (const mmu::EventInfo& e : mmu::kEvents)
        if (e.number == number) return &e;
    return nullptr;
}

u32 event_of(const Pe& pe, unsigned index) {
    if (index == kCycles) return mmu::kEvents[static_cast<std::size_t>(mmu::Event::CPU_CYCLES)].number;
    return pe.pmu.counter[index].filter & kEventNumber;
}

bool counts_at(const PmuCounter& counter, unsigned el) { return (counter.filter & (el == 0 ? kNotEl0 : kNotEl1)) == 0; }

// Occurrences of an event at one Exception level since reset. Until timing begins, an instruction takes a cycle.
u64 occurrences(const Pe& pe, std::size_t event, unsigned el) {
    const mmu::CounterBank& bank = pe.counters->by_el[el];
    const u64 counted = bank.value[event];
    if (event != static_cast<std::size_t>(mmu::Event::CPU_CYCLES)) return counted;
    return counted + std::min(bank[mmu::Event::INST_RETIRED], pe.pmu.untimed[el]);
}

// Occurrences, since reset, of what counter `index` counts, at the Exception levels its filter lets through.
u64 total(const Pe& pe, unsigned index) {
    const mmu::EventInfo* event = find_event(event_of(pe, index));
    if (event == nullptr) return 0;
    const auto at = static_cast<std::size_t>(event - mmu::kEvents);
    u64 sum = 0;
    for (unsigned el = 0; el < 2; ++el)
        if (counts_at(pe.pmu.counter[index], el)) sum += occurrences(pe, at, el);
    return sum;
}

// Occurrences that make one count: PMCR_EL0.D, which LC overrules.
u64 divisor(const PmuState& pmu, unsigned index) {
    return index == kCycles && (pmu.control & (kDivide | kLongCycle)) == kDivide ? 64 : 1;
}

void note_overflow(PmuState& pmu, unsigned index, u64 before, u64 after) {
    const bool wide = index == kCycles && (pmu.control & kLongCycle) != 0;
    const bool wrapped = wide ? after < before : (before >> 32) != (after >> 32);
    if (wrapped) pmu.overflow |= enable_bit(index);
}

bool is_counting(const PmuState& pmu, unsigned index) {
    return (pmu.control & kEnable) != 0 && (pmu.enabled & enable_bit(index)) != 0;
}

void add(PmuState& pmu, unsigned index, u64 counts) {
    PmuCounter& c = pmu.counter[index];
    const u64 value = c.held + counts;
    note_overflow(pmu, index, c.held, value);
    c.held = index == kCycles ? value : value & 0xffffffff;
}

// Moves the events since the last call into the held values, so that enables and filters can change.
void catch_up(Pe& pe) {
    PmuState& pmu = pe.pmu;
    for (unsigned i = 0; i < pmu.counter.size(); ++i) {
        PmuCounter& c = pmu.counter[i];
        const u64 now = total(pe, i);
        const u64 per_count = divisor(pmu, i);
        const u64 counts = (now - c.origin) / per_count;
        if (is_counting(pmu, i)) add(pmu, i, counts);
        c.origin = is_counting(pmu, i) ? c.origin + counts * per_count : now;
    }
}

// After filters changed: events of the past do not count under the new one.
void restart(Pe& pe, unsigned index) { pe.pmu.counter[index].origin = total(pe, index); }

// Event counters that exist: PMCR_EL0.N.
unsigned counter_count(const Pe& pe) { return static_cast<unsigned>(arch::BitField<15, 11>::get(pe.config->pmcr)); }

u32 existing(const Pe& pe, u64 value) {
    return static_cast<u32>(value & (arch::low_mask(counter_count(pe)) | u64{1} << kPmuCycleCounter));
}

void write_control(Pe& pe, u32 value) {
    PmuState& pmu = pe.pmu;
    pmu.control = value & kKeptControl;
    if ((value & kResetCycles) != 0) pmu.counter[kCycles].held = 0;
    if ((value & kResetEvents) == 0) return;
    for (unsigned i = 0; i < kPmuEventCounters; ++i) pmu.counter[i].held = 0;
}

void software_increment(Pe& pe, u32 mask) {
    for (unsigned i = 0; i < kPmuEventCounters; ++i) {
        const bool selected = (mask & enable_bit(i)) != 0 && event_of(pe, i) == kSoftwareIncrement;
        if (selected && is_counting(pe.pmu, i) && counts_at(pe.pmu.counter[i], pe.el)) add(pe.pmu, i, 1);
    }
}

void write_filter(Pe& pe, unsigned index, u32 value) {
    pe.pmu.counter[index].filter = value;
    restart(pe, index);
}

// The counter a register concerns: n of PMEVCNTRn and PMEVTYPERn, PMSELR_EL0's for PMXEV*, the cycle counter.
// Past the last counter: none (such an access is CONSTRAINED UNPREDICTABLE; here it reads as zero).
struct Target {
    bool exists;
    bool is_filter;
    unsigned index;
};

Target target_of(const Pe& pe, SysReg r) {
    const auto in = [&](SysReg first) { return static_cast<unsigned>(r) - static_cast<unsigned>(first); };
    const unsigned selected = static_cast<unsigned>(pe.sysreg(SysReg::PMSELR_EL0));
    const unsigned count = counter_count(pe);
    if (r == SysReg::PMCCNTR_EL0) return {true, false, kCycles};
    if (r == SysReg::PMCCFILTR_EL0) return {true, true, kCycles};
    if (r == SysReg::PMXEVCNTR_EL0) return {selected < count, false, selected};
    if (r == SysReg::PMXEVTYPER_EL0) {
        const bool is_cycle = selected == kPmuCycleCounter;
        return {is_cycle || selected < count, true, is_cycle ? kCycles : selected};
    }
    if (in(SysReg::PMEVCNTR0_EL0) < kPmuEventCounters) return {in(SysReg::PMEVCNTR0_EL0) < count, false, in(SysReg::PMEVCNTR0_EL0)};
    return {in(SysReg::PMEVTYPER0_EL0) < count, true, in(SysReg::PMEVTYPER0_EL0)};
}

}  // namespace

void begin_timing(PmuState& pmu, const mmu::Counters& counters) {
    for (unsigned el = 0; el < 2; ++el) pmu.untimed[el] = counters.by_el[el][mmu::Event::INST_RETIRED];
}

u64 announced_events(const CoreConfig& config) {
    constexpr u32 kAnnounced = 64;
    u64 mask = u64{1} << kSoftwareIncrement;
    for (const mmu::EventInfo& e : mmu::kEvents)
        if (e.number < kAnnounced) mask |= u64{1} << e.number;
    return mask & ~config.absent_events;
}

u64 read_pmu(Pe& pe, u8 row) {
    catch_up(pe);
    const auto r = static_cast<SysReg>(row);
    switch (r) {
        case SysReg::PMCR_EL0: return (pe.config->pmcr & 0xffffff80u) | pe.pmu.control;
        case SysReg::PMCNTENSET_EL0:
        case SysReg::PMCNTENCLR_EL0: return pe.pmu.enabled;
        case SysReg::PMOVSSET_EL0:
        case SysReg::PMOVSCLR_EL0: return pe.pmu.overflow;
        case SysReg::PMINTENSET_EL1:
        case SysReg::PMINTENCLR_EL1: return pe.pmu.interrupts;
        case SysReg::PMCEID0_EL0: return announced_events(*pe.config) & 0xffffffff;
        case SysReg::PMCEID1_EL0: return announced_events(*pe.config) >> 32;
        default: break;
    }
    const Target t = target_of(pe, r);
    if (!t.exists) return 0;
    return t.is_filter ? pe.pmu.counter[t.index].filter : pe.pmu.counter[t.index].held;
}

void write_pmu(Pe& pe, u8 row, u64 value) {
    catch_up(pe);
    const auto r = static_cast<SysReg>(row);
    const u32 bits = existing(pe, value);
    switch (r) {
        case SysReg::PMCR_EL0: return write_control(pe, static_cast<u32>(value));
        case SysReg::PMCNTENSET_EL0: pe.pmu.enabled |= bits; return;
        case SysReg::PMCNTENCLR_EL0: pe.pmu.enabled &= ~bits; return;
        case SysReg::PMOVSSET_EL0: pe.pmu.overflow |= bits; return;
        case SysReg::PMOVSCLR_EL0: pe.pmu.overflow &= ~bits; return;
        case SysReg::PMINTENSET_EL1: pe.pmu.interrupts |= bits; return;
        case SysReg::PMINTENCLR_EL1: pe.pmu.interrupts &= ~bits; return;
        case SysReg::PMSWINC_EL0: return software_increment(pe, bits);
        default: break;
    }
    const Target t = target_of(pe, r);
    if (!t.exists) return;
    const u64 kept = value & kSysRegs[row].write_mask;
    if (t.is_filter) return write_filter(pe, t.index, static_cast<u32>(kept));
    pe.pmu.counter[t.index].held = kept;
}

}  // namespace emu
