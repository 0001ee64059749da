// One processing element: its state and what it owns.
#pragma once

#include "emu/core/core_config.h"
#include "emu/core/decode_cache.h"
#include "emu/core/interpreter.h"
#include "emu/core/pe.h"
#include "mmu/base/archive.h"
#include "mmu/mmu.h"
#include "mmu/physical_memory_port.h"

namespace emu {

class Core {
public:
    // The arguments must outlive the core. Throws UserError where `config` contradicts itself.
    Core(const CoreConfig& config, mmu::Mmu& mmu, mmu::PhysicalMemoryPort& memory, mmu::Counters& counters, Bus& bus);
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;
    ~Core();

    Pe pe;

    // Cold reset into EL1h with everything masked, MMU off, pc = 0; decoded instructions and counts stay.
    void reset();

    [[nodiscard]] StopReason run_plain(u64 limit) { return emu::run_plain(pe, limit); }
    template <class Consumer>
    [[nodiscard]] StopReason run_recording(Consumer& consumer, u64 limit) {
        return emu::run_recording(pe, consumer, limit);
    }

    // The host wrote to guest memory behind the core's back: forget decoded instructions.
    void host_wrote_memory() { decode_cache_.invalidate_all(); }

    // Between runs. Memory, MMU and counters are their owners' to serialize, and must be loaded before.
    void serialize(Archive& archive);
    [[nodiscard]] u64 state_hash();

    [[nodiscard]] const CoreConfig& config() const { return config_; }

private:
    void start_jit();
    void reset_sysregs();

    CoreConfig config_;
    u64 unused_clocks_[2]{};
    mmu::HostTlb no_memos_{{unused_clocks_[0], 0}, {unused_clocks_[1], 0}};
    DecodeCache decode_cache_;
#ifdef FOLDWALK_JIT
    std::unique_ptr<jit::Jit> jit_;  // where the host has it and the configuration asks for it
#endif
};

}  // namespace emu
