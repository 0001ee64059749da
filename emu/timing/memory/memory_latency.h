// L1I, L1D and what lies below them: where a line is, and from which cycle on it can be used. Accesses arrive in
// program order with stamps that need not ascend. A miss takes a line's time in each limited resource on its way:
// outstanding misses of L1D and L2, the DRAM channel, the write buffer. Prefetches take the same and delay nobody by
// themselves.
#pragma once

#include "emu/timing/memory/lower_levels.h"
#include "emu/timing/memory/prefetcher.h"

namespace emu {

class MemoryLatency {
public:
    struct Served {
        u64 ready;    // cycle at which the value is there
        Cause level;  // L1d, L2, L3, Llc or Dram: what the time beyond the L1D latency is for
    };

    explicit MemoryLatency(const TimingConfig& config);
    MemoryLatency(const MemoryLatency&) = delete;
    MemoryLatency& operator=(const MemoryLatency&) = delete;

    // Counts of later accesses go there.
    void count_in(mmu::CounterBank& bank) {
        bank_ = &bank;
        lower_.count_in(bank);
    }
    // No later access has a stamp before this.
    void set_floor(u64 cycle) { floor_ = cycle; }
    // The instruction whose accesses follow: prefetchers tell sequences apart by it.
    void set_pc(u64 pc) { pc_ = pc; }

    // Reads (of a load) and writes (of a store that needs the rest of its line) through L1D. `reach_shift` is log2 of
    // the bytes that the access's TLB entry maps.
    Served read(u64 pa, u64 cycle, unsigned reach_shift = kSmallestPage) {
        reach_shift_ = reach_shift;
        return access(line_of(pa), cycle, false, Use::Data);
    }
    // read() would find the line in L1D without a search, there in time and asked for before: nothing changes but the count.
    [[nodiscard]] bool reads_at_once(u64 pa, u64 cycle) const {
        const Cache::Place* place = l1d_.recent(line_of(pa));
        return place != nullptr && l1d_.fill(*place).ready <= cycle + l1d_latency_ && !place->unused();
    }
    void count_read_at_once(unsigned reach_shift) {
        reach_shift_ = reach_shift;
        count(mmu::Event::L1D_CACHE);
    }
    Served write(u64 pa, u64 cycle, unsigned reach_shift = kSmallestPage) {
        reach_shift_ = reach_shift;
        return access(line_of(pa), cycle, true, Use::Data);
    }
    // A whole line is written without being read, behind `streamed` bytes of the same run: it becomes dirty in L1D, or
    // in the level where such a run goes. When it is taken.
    u64 claim(u64 pa, u64 cycle, u64 streamed = 0);
    // A descriptor is read by a walk, or exchanged by a hardware update.
    Served read_descriptor(u64 pa, u64 cycle) { return walk_access(pa, cycle, false); }
    Served update_descriptor(u64 pa, u64 cycle);
    // An instruction line; `ready` is `cycle` when L1I has it, for its latency is part of the pipeline's depth.
    Served fetch(u64 pa, u64 cycle) {
        count(mmu::Event::L1I_CACHE);
        const u64 line = line_of(pa);
        return l1i_.find(line) ? Served{cycle, Cause::L1d} : fetch_miss(line, cycle);
    }
    // fetch() would find the line in L1I without a search: it takes no time, and nothing changes but the count.
    [[nodiscard]] bool is_recent_fetch(u64 pa) const { return l1i_.recent(line_of(pa)) != nullptr; }
    void count_fetch_hit() { count(mmu::Event::L1I_CACHE); }
    // An access to `pa` follows that has missed a TLB, and so likely L1D: the host may fetch meanwhile what a miss reads.
    void expect_miss(u64 pa) const { lower_.expect_miss(line_of(pa)); }
    // Normal Non-cacheable memory: always DRAM.
    [[nodiscard]] Served uncached(u64 cycle);

    [[nodiscard]] u64 l1d_latency() const { return l1d_latency_; }

private:
    using Use = LowerLevels::Use;
    static constexpr unsigned kSmallestPage = 12;
    static constexpr u64 kMemos = 32;  // of an L1 cache

    Served access(u64 line, u64 cycle, bool is_write, Use use);
    Served hit_under_way(Cache::Place place, u64 line, u64 cycle);
    Served miss(u64 line, u64 cycle, bool is_write, Use use);
    Served walk_access(u64 pa, u64 cycle, bool is_write);
    u64 fill_l1d(u64 line, const Cache::Fill& fill, bool dirty, bool unused);
    void train_l1d(u64 line, u64 cycle);
    void train_l2(u64 line, u64 cycle);
    Served fetch_miss(u64 line, u64 cycle);
    void prefetch_into_l1d(u64 line, u64 cycle);
    void prefetch_behind(u64 line, u64 cycle, unsigned lines);
    [[nodiscard]] Prefetcher::Trigger trigger(u64 line) const;
    void count(mmu::Event e) { ++(*bank_)[e]; }

    u64 l1d_latency_;
    u64 atomic_latency_;
    Cache l1d_;
    Cache l1i_;
    LowerLevels lower_;
    ServerPool misses_;
    Prefetcher l1d_prefetcher_;
    Prefetcher l2_prefetcher_;
    unsigned fetch_prefetch_;
    unsigned walk_prefetch_;
    bool prefetch_in_mapping_;
    bool write_through_;
    bool walks_in_l2_;
    bool walks_first_;
    unsigned reach_shift_{kSmallestPage};
    u64 pc_{0};
    u64 streamed_line_{~u64{0}};  // written as a whole past L1D: the rest of its stores merge with it
    u64 floor_{0};
    mmu::CounterBank* bank_{nullptr};
};

inline MemoryLatency::Served MemoryLatency::access(u64 line, u64 cycle, bool is_write, Use use) {
    count(mmu::Event::L1D_CACHE);
    const Cache::Place place = l1d_.find(line);
    if (!place) return miss(line, cycle, is_write, use);
    if (is_write) {
        if (write_through_)
            lower_.write_through(line, cycle);
        else
            place.make_dirty();
    }
    if (l1d_.fill(place).ready <= cycle + l1d_latency_ && !place.unused())
        return {cycle + l1d_latency_, Cause::L1d};
    return hit_under_way(place, line, cycle);
}

}  // namespace emu
