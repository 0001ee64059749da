// L1I, L1D, unified L2, last level and DRAM: where a line is, and from which cycle on it can be used. Accesses arrive
// in program order with stamps that need not ascend. L2 includes L1D (Neoverse N1 TRM); all levels allocate on a miss;
// dirty victims go down one level and cost DRAM bandwidth when they leave the last.
#pragma once

#include "emu/timing/cache.h"
#include "emu/timing/cost_cause.h"
#include "emu/timing/reservations.h"
#include "emu/timing/timing_config.h"
#include "mmu/base/counters.h"

namespace emu {

class MemoryLatency {
public:
    static constexpr unsigned kDramBucketShift = 6;

    struct Served {
        u64 ready;    // cycle at which the value is there
        Cause level;  // L1d, L2, Llc or Dram: what the time beyond the L1D latency is for
    };

    explicit MemoryLatency(const TimingConfig& config);

    // Counts of later accesses go there.
    void count_in(mmu::CounterBank& bank) { bank_ = &bank; }
    // No later access has a stamp before this.
    void set_floor(u64 cycle) { floor_ = cycle; }

    // Reads (a load, a walk step) and writes (a store that needs the rest of its line) through L1D.
    Served read(u64 pa, u64 cycle) { return access(line_of(pa), cycle, false); }
    Served write(u64 pa, u64 cycle) { return access(line_of(pa), cycle, true); }
    // A whole line is being written: it becomes dirty in L1D without being read.
    void claim(u64 pa, u64 cycle);
    // An instruction line; `ready` is `cycle` when L1I has it, for its latency is part of the pipeline's depth.
    Served fetch(u64 pa, u64 cycle);
    // Normal Non-cacheable memory: always DRAM.
    [[nodiscard]] Served uncached(u64 cycle);

    [[nodiscard]] u64 l1d_latency() const { return l1d_latency_; }
    [[nodiscard]] u64 llc_latency() const { return llc_latency_; }

private:
    // A line under way since `asked`, there at `ready`.
    struct Fill {
        u64 asked{0};
        u64 ready{0};
        Cause level{Cause::L1d};
    };
    using L1d = Cache<Fill>;

    Served access(u64 line, u64 cycle, bool is_write);
    Served hit(L1d::Entry& entry, u64 cycle);
    Served miss(u64 line, u64 cycle, bool is_write);
    Served beyond_l1(u64 line, u64 cycle);
    void fill_l1d(u64 line, Fill fill, bool dirty);
    void fill_l2(u64 line);
    void fill_llc(u64 line, bool dirty);
    void count(mmu::Event e) { ++(*bank_)[e]; }

    u64 l1d_latency_;
    u64 l2_latency_;
    u64 llc_latency_;
    u64 dram_latency_;
    L1d l1d_;
    Cache<> l1i_;
    Cache<> l2_;
    Cache<> llc_;
    ServerPool misses_;
    SlotRing<kDramBucketShift> dram_channel_;
    u64 floor_{0};
    u64 last_cycle_{0};
    mmu::CounterBank* bank_;
};

inline MemoryLatency::Served MemoryLatency::access(u64 line, u64 cycle, bool is_write) {
    count(mmu::Event::L1D_CACHE);
    L1d::Entry* entry = l1d_.find(line);
    if (entry == nullptr) return miss(line, cycle, is_write);
    if (is_write) entry->make_dirty();
    if (entry->payload.ready <= cycle + l1d_latency_) return {cycle + l1d_latency_, Cause::L1d};
    return hit(*entry, cycle);
}

}  // namespace emu
