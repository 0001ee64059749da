// Configurations of in-order cores for tests: widths and units of Cortex-A53, A55 and A510 as LLVM's and GCC's models
// give them, on memory that is fast enough not to queue.
#pragma once

#include "emu/timing/timing_config.h"

namespace timing_test {

// What issues per cycle.
struct Widths {
    unsigned issue, alu, address, loads, stores, load_bytes;
    emu::u64 alu_skew;
};

inline emu::TimingConfig in_order_core(const Widths& w) {
    emu::TimingConfig config;
    emu::CoreTimingConfig& core = config.core;
    core.pipeline = emu::PipelineKind::InOrder;
    core.issue_width = w.issue;
    core.integer_ports = w.alu;
    core.load_ports = w.address;
    core.in_order.loads_per_cycle = w.loads;
    core.in_order.stores_per_cycle = w.stores;
    core.in_order.load_bytes = w.load_bytes;
    core.in_order.alu_skew = w.alu_skew;
    core.store_queue = 4;
    config.memory.l1d_latency = 3;
    config.memory.l1d_misses = {2, 2, 2};
    config.memory.dram_gb_per_s = 1000;
    return config;
}

inline emu::TimingConfig cortex_a53() { return in_order_core({2, 2, 1, 1, 1, 8, 1}); }
inline emu::TimingConfig cortex_a55() { return in_order_core({2, 2, 2, 1, 1, 8, 1}); }
inline emu::TimingConfig cortex_a510() { return in_order_core({3, 3, 2, 2, 1, 16, 0}); }

}  // namespace timing_test
