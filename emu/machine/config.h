// Everything that decides a run, as one tree of plain structs with one describe(): command line, INI files and result
// all speak its keys.
#pragma once

#include <cstdint>
#include <string>

#include "emu/core/core_config.h"
#include "emu/machine/kernel_config.h"
#include "emu/machine/sampling_config.h"
#include "emu/machine/stage2_config.h"
#include "emu/timing/timing_config.h"
#include "mmu/config.h"

namespace emu {

enum class Mode : std::uint8_t {
    Cycle,       // with the timing model, operation probes and the cost ledger
    Functional,  // the same instructions and TLB counts, no time
};

struct MachineConfig {
    Mode mode{Mode::Cycle};
    std::uint64_t memory{std::uint64_t{1} << 30};
    Stage2Config stage2{};
    SamplingConfig sampling{};
    std::string core_profile{"neoverse-n1"};
    CoreConfig core{};
    mmu::MmuConfig mmu{};
    TimingConfig timing{};
    KernelConfig kernel{};

    template <class V>
    void describe(V& v) {
        v.choice("machine.mode", mode, {{"cycle", Mode::Cycle}, {"functional", Mode::Functional}},
                 "with or without the timing model; TLB counts are the same");
        v.param("machine.memory", memory, "bytes", std::uint64_t{64} << 20, std::uint64_t{64} << 30, "guest RAM");
        stage2.describe(v);
        sampling.describe(v);
        v.param("core.profile", core_profile, "name of the core profile that the other keys start from");
        core.describe(v);
        mmu.describe(v);
        timing.describe(v);
        kernel.describe(v);
    }
};

}  // namespace emu
