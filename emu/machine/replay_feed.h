// The host's side of the trace window: refills it from the trace file whenever the guest asks.
#pragma once

#include "emu/memory/physical_memory.h"
#include "emu/trace/importer.h"
#include "kernel_model/abi/guest_abi.h"

namespace emu {

class ReplayFeed {
public:
    static constexpr arch::u64 kOperations = 1 << 16;
    static constexpr arch::u64 kWindowBytes = sizeof(guest_window) + kOperations * sizeof(replay_op);

    ReplayFeed(const std::string& path, const trace::HeapStarts& heaps) : importer_{path, heaps} {}

    // Fills the window at physical address `pa`. A window that is not RAM is left alone.
    void refill(PhysicalMemory& memory, arch::u64 pa);
    [[nodiscard]] const trace::Importer& importer() const { return importer_; }

private:
    trace::Importer importer_;
};

}  // namespace emu
