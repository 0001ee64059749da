#include "emu/machine/derived_config.h"

#include "mmu/base/counters.h"

namespace emu {
namespace {

using mmu::Event;

arch::u64 bit_of(Event e) { return arch::u64{1} << mmu::kEvents[static_cast<std::size_t>(e)].number; }

// Of the common events those that are of caches and predictors: only the timing model has any.
arch::u64 events_of_the_timing_model() {
    arch::u64 bits = 0;
    for (const Event e : {Event::BR_MIS_PRED, Event::BR_PRED, Event::L1I_CACHE, Event::L1I_CACHE_REFILL, Event::L1D_CACHE,
                          Event::L1D_CACHE_REFILL, Event::L2D_CACHE, Event::L2D_CACHE_REFILL, Event::L3D_CACHE, Event::L3D_CACHE_REFILL,
                          Event::LL_CACHE_RD, Event::LL_CACHE_MISS_RD})
        bits |= bit_of(e);
    return bits;
}

}  // namespace

mmu::MmuConfig mmu_config(const MachineConfig& config) {
    mmu::MmuConfig out = config.mmu;
    const AnnouncedRegisters id = announced_registers(config.core);
    out.features = mmu::features_of({id.ID_AA64MMFR0_EL1, id.instructions.ID_AA64MMFR1_EL1, id.instructions.ID_AA64MMFR2_EL1});
    return out;
}

CoreConfig core_config(const MachineConfig& config) {
    CoreConfig out = config.core;
    if (config.mode == Mode::Functional) out.absent_events |= events_of_the_timing_model();
    const auto& caches = config.timing.memory;
    if (caches.l3.size == 0) out.absent_events |= bit_of(Event::L3D_CACHE) | bit_of(Event::L3D_CACHE_REFILL);
    // Where there is no cache behind L3, that is the last level.
    if (caches.llc.size == 0 && caches.l3.size == 0) out.absent_events |= bit_of(Event::LL_CACHE_RD) | bit_of(Event::LL_CACHE_MISS_RD);
    return out;
}

}  // namespace emu
