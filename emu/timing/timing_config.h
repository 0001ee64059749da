// What the timing model knows of a core and the system around it. Defaults: Neoverse N1 at 3 GHz. Sources and
// confidence of each figure stand beside its key in emu/profiles/neoverse-n1.ini.
#pragma once

#include "emu/timing/core_timing_config.h"
#include "emu/timing/dvm_config.h"
#include "emu/timing/memory/memory_timing_config.h"
#include "emu/timing/memory/translation_timing_config.h"

namespace emu {

struct TimingConfig {
    CoreTimingConfig core{};
    MemoryTimingConfig memory{};
    TranslationTimingConfig translation{};
    DvmConfig dvm{};

    template <class V>
    void describe(V& v);

    // This configuration with every estimate at one end of its range.
    [[nodiscard]] TimingConfig with_estimates_at(EstimateEnd end) const;
    [[nodiscard]] u64 cycles_of_ns(double ns) const;
    // Throws UserError when keys contradict one another: an estimate outside its range, a cache that is no whole
    // number of sets.
    void validate() const;
    // Itself, validated.
    [[nodiscard]] const TimingConfig& validated() const {
        validate();
        return *this;
    }
};

template <class V>
void TimingConfig::describe(V& v) {
    detail::describe_window(v, core);
    detail::describe_in_order(v, core.in_order);
    detail::describe_system(v, core);
    detail::describe_latency(v, core.latency);
    detail::describe_memory(v, memory);
    detail::describe_translation(v, translation);
    detail::describe_dvm(v, dvm);
}

}  // namespace emu
