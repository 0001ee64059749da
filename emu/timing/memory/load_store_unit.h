// The L1D side that both pipelines share: loads from a queued store or from their lines, atomics, and stores on their
// way from the queue into L1D. When each of them may start is the pipeline's business.
#pragma once

#include <algorithm>

#include "emu/core/record.h"
#include "emu/timing/execution_ports.h"
#include "emu/timing/ledger/timeline.h"
#include "emu/timing/memory/memory_latency.h"
#include "emu/timing/memory/store_queue.h"
#include "emu/timing/memory/translation_timing.h"

namespace emu {

// MAIR_ELx attribute bytes. Device-nXnXnX types differ in what may be merged, not in the time of one access.
[[nodiscard]] inline bool is_device(u8 attr) {
    return (attr & 0xf0) == 0;
}
[[nodiscard]] inline bool is_cacheable(u8 attr) {
    return attr != 0x44;
}  // 0x44: Normal, inner and outer Non-cacheable
[[nodiscard]] inline bool crosses_line(const DataAccess& a) {
    return line_of(a.pa) != line_of(a.pa + a.bytes - 1);
}
// log2 of the bytes that the TLB entry of an access maps.
[[nodiscard]] inline unsigned reach_of(const DataAccess& a) {
    return a.lookup != nullptr ? a.lookup->reach_shift : 12;
}
[[nodiscard]] inline bool faulted(const DataAccess& a) {
    return a.lookup != nullptr && a.lookup->faulted;
}

// As most instructions on memory: one access, to Normal cacheable memory, which the L1 TLB translates at once.
[[nodiscard]] inline bool accesses_at_once(const InstructionRecord& record, const TranslationTiming& translation, u64 cycle) {
    const DataAccess& access = record.access[0];
    return record.access_count == 1 && translation.is_at_hand(access.lookup, cycle) && !access.lookup->faulted &&
           !is_device(access.memory_attr) && is_cacheable(access.memory_attr);
}

class LoadStoreUnit {
public:
    using Served = MemoryLatency::Served;

    LoadStoreUnit(const TimingConfig& config, MemoryLatency& memory);

    // Counts of later accesses go there.
    void count_in(mmu::CounterBank& bank) { bank_ = &bank; }

    // The accesses of an instruction follow. Nothing is timed.
    void expect(const InstructionRecord& record) const {
        if (record.access_count == 0 || record.lookups[0].source == mmu::LookupRecord::Source::L1Hit) return;
        memory_.expect_miss(record.access[0].pa);
    }
    // A load of Normal memory whose address is known at `cycle`. `level` is what its time beyond the L1D latency is for.
    Served load(const DataAccess& access, u64 cycle, Timeline& timeline);
    // All stores so far are in L1D by `cycle`.
    [[nodiscard]] bool is_drained(u64 cycle) const { return stores_.drained() <= cycle; }
    // A load would have to look at a queued store.
    [[nodiscard]] bool is_behind_store(const DataAccess& access, u64 cycle) const {
        return queued_store(access, cycle) != nullptr;
    }
    // load() of cacheable memory, behind no store, would find the line in L1D at once. Then nothing changes but the count.
    [[nodiscard]] bool reads_at_once(const DataAccess& access, u64 cycle) const {
        return !crosses_line(access) && memory_.reads_at_once(access.pa, cycle);
    }
    [[nodiscard]] bool loads_at_once(const DataAccess& access, u64 cycle) const {
        return reads_at_once(access, cycle) && !is_behind_store(access, cycle);
    }
    void count_load_at_once(const DataAccess& access) { memory_.count_read_at_once(access.lookup->reach_shift); }
    // A load of Device memory, behind everything older. When it is done.
    u64 load_device(u64 cycle, Timeline& timeline);
    // An atomic or a store exclusive, which nothing older holds up at `cycle` but a queued store to its bytes; `latency`
    // is its time in L1D.
    Served exchange(const DataAccess& access, u64 cycle, u64 latency, Timeline& timeline);
    // A prefetch issued at `cycle` starts its translation and its lines; nobody waits for it.
    void prefetch(const InstructionRecord& record, u64 cycle, TranslationTiming& translation);
    // The stores of an instruction that completed and committed at these cycles go to the queue.
    void drain(const InstructionRecord& record, Path path, u64 complete, u64 committed);

    // The same of one access of a plain store to cacheable memory.
    void drain_one(const DataAccess& access, OpClass op_class, u64 complete, u64 committed) {
        stores_.push({access.pa, access.bytes, complete, 0}, line_written(access, committed), 1);
        if (op_class == OpClass::StoreRelease) release_drained_ = stores_.drained();
    }

    [[nodiscard]] StoreQueue& stores() { return stores_; }
    // When the last store-release is in L1D.
    [[nodiscard]] u64 release_drained() const { return release_drained_; }

private:
    [[nodiscard]] const StoreQueue::Store* queued_store(const DataAccess& access, u64 cycle) const;
    Served read_lines(const DataAccess& access, u64 cycle, Timeline& timeline);
    Served read_second_line(const DataAccess& access, u64 cycle, const Served& first, Timeline& timeline);
    Served load_behind(const StoreQueue::Store& store, const DataAccess& access, u64 cycle, Timeline& timeline);
    u64 line_ready(const DataAccess& access, u64 committed);
    u64 line_written(const DataAccess& access, u64 committed);
    u64 both_lines_written(const DataAccess& access, u64 committed);
    u64 claim_lines(const DataAccess& access, u64 run, u64 committed);

    MemoryLatency& memory_;
    StoreQueue stores_;
    StoreStream stream_;
    u64 forward_;
    u64 forward_fail_;
    u64 split_line_;
    u64 zero_block_;
    u64 device_latency_;
    u64 release_drained_{0};
    mmu::CounterBank* bank_{nullptr};
};

inline LoadStoreUnit::Served LoadStoreUnit::read_lines(const DataAccess& access, u64 cycle, Timeline& timeline) {
    const Served first = memory_.read(access.pa, cycle, reach_of(access));
    timeline.add(Cause::L1d, cycle + memory_.l1d_latency());
    timeline.add(first.level, first.ready);
    return crosses_line(access) ? read_second_line(access, cycle, first, timeline) : first;
}

// When a store to cacheable memory that committed at `committed` is in its line. The load-to-use latency of L1D is no part
// of that.
inline u64 LoadStoreUnit::line_written(const DataAccess& access, u64 committed) {
    const u64 run = stream_.note(access.pa, access.bytes);
    if (access.kind == mmu::AccessKind::ZeroBlock || (access.pa % kLineBytes == 0 && stream_.fills_lines(run)))
        return claim_lines(access, run, committed) + 1;
    if (crosses_line(access)) return both_lines_written(access, committed);
    return memory_.write(access.pa, committed, reach_of(access)).ready - memory_.l1d_latency() + 1;
}

// The store that the load has to look at; null: none.
inline const StoreQueue::Store* LoadStoreUnit::queued_store(const DataAccess& access, u64 cycle) const {
    if (is_drained(cycle)) return nullptr;
    const StoreQueue::Store* store = stores_.youngest_overlap(access.pa, access.bytes);
    return store != nullptr && store->drained > cycle ? store : nullptr;
}

inline LoadStoreUnit::Served LoadStoreUnit::load(const DataAccess& access, u64 cycle, Timeline& timeline) {
    if (!is_cacheable(access.memory_attr)) {
        const Served served = memory_.uncached(cycle);
        timeline.add(served.level, served.ready);
        return served;
    }
    const StoreQueue::Store* store = queued_store(access, cycle);
    return store == nullptr ? read_lines(access, cycle, timeline) : load_behind(*store, access, cycle, timeline);
}

}  // namespace emu
