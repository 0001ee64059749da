// What an in-order core has besides widths, ports, latencies and queues. `misses` and the skews describe its stages; an
// out-of-order core does not read them.
#pragma once

#include "emu/timing/estimate.h"

namespace emu {

enum class PipelineKind : arch::u8 { InOrder, OutOfOrder };

// What a load that misses L1D keeps waiting.
enum class MissPolicy : arch::u8 {
    Blocking,      // everything younger, until the line is there
    HitUnderMiss,  // who uses the value, and who misses when all of cache.l1d.misses are under way
};

struct InOrderConfig {
    unsigned loads_per_cycle{2};
    unsigned stores_per_cycle{2};
    unsigned load_bytes{16};
    unsigned store_bytes{16};
    MissPolicy misses{MissPolicy::HitUnderMiss};
    u64 alu_skew{1};
    u64 data_skew{2};
    bool blocking_divide{false};
};

namespace detail {

template <class V>
void describe_in_order(V& v, InOrderConfig& c) {
    v.param("core.in_order.loads_per_cycle", c.loads_per_cycle, "loads", 1, 8, "issued per cycle at most");
    v.param("core.in_order.stores_per_cycle", c.stores_per_cycle, "stores", 1, 8, "issued per cycle at most");
    v.param("core.in_order.load_bytes", c.load_bytes, "bytes", 4, 128,
            "that one load moves per cycle; a longer one issues over several");
    v.param("core.in_order.store_bytes", c.store_bytes, "bytes", 4, 128, "the same of stores");
    v.choice("core.in_order.misses", c.misses,
             {{"blocking", MissPolicy::Blocking}, {"hit-under-miss", MissPolicy::HitUnderMiss}},
             "whether instructions go on issuing behind a load that misses L1D");
    v.param("core.in_order.alu_skew", c.alu_skew, "cycles", 0, 4,
            "a single-cycle operation may issue so long before its operands are there");
    v.param("core.in_order.data_skew", c.data_skew, "cycles", 0, 4, "the same of store data and branch conditions");
    v.param("core.in_order.blocking_divide", c.blocking_divide, "nothing issues while an integer division runs");
}

}  // namespace detail

}  // namespace emu
