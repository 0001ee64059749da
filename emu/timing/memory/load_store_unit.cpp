#include "emu/timing/memory/load_store_unit.h"

namespace emu {

using mmu::Event;

LoadStoreUnit::LoadStoreUnit(const TimingConfig& config, MemoryLatency& memory)
    : memory_{memory},
      stores_{config.core.store_queue},
      stream_{config.memory.stream_bytes},
      forward_{config.core.latency.store_forward},
      forward_fail_{config.core.latency.store_forward_fail.mid},
      split_line_{config.core.split_line.mid},
      zero_block_{config.core.zero_block.mid},
      device_latency_{config.cycles_of_ns(config.memory.device_latency_ns)} {}

LoadStoreUnit::Served LoadStoreUnit::read_second_line(const DataAccess& access, u64 cycle, const Served& first,
                                                      Timeline& timeline) {
    const Served second = memory_.read(access.pa + access.bytes - 1, cycle + split_line_, reach_of(access));
    timeline.add(Cause::L1d, cycle + split_line_ + memory_.l1d_latency(), Figure::Estimated);
    timeline.add(second.level, second.ready);
    return second.ready > first.ready ? second : first;
}

LoadStoreUnit::Served LoadStoreUnit::load_behind(const StoreQueue::Store& store, const DataAccess& access, u64 cycle,
                                                 Timeline& timeline) {
    const u64 known = std::max(cycle, store.data_ready);
    if (store.pa <= access.pa && access.pa + access.bytes <= store.pa + store.bytes) {
        ++(*bank_)[Event::SIM_LOAD_FORWARDED];
        ++(*bank_)[Event::L1D_CACHE];
        timeline.add(Cause::L1d, known + forward_);
        return {known + forward_, Cause::L1d};
    }
    // Bytes of the store and of the line: the load is repeated when the store is in the line.
    const u64 start = std::max(store.drained, known + forward_fail_ - memory_.l1d_latency());
    timeline.add(Cause::Store, store.drained);
    timeline.add(Cause::Store, start, Figure::Estimated);
    return read_lines(access, start, timeline);
}

// Device memory is accessed once, in order, and never speculatively.
u64 LoadStoreUnit::load_device(u64 cycle, Timeline& timeline) {
    const u64 start = std::max(cycle, stores_.drained());
    timeline.add(Cause::Store, start);
    timeline.add(Cause::Device, start + device_latency_);
    return start + device_latency_;
}

LoadStoreUnit::Served LoadStoreUnit::exchange(const DataAccess& access, u64 cycle, u64 latency, Timeline& timeline) {
    const StoreQueue::Store* older = stores_.youngest_overlap(access.pa, access.bytes);
    const u64 start = older == nullptr ? cycle : std::max(cycle, older->drained);
    timeline.add(Cause::Store, start);
    const Served served = memory_.write(access.pa, start, reach_of(access));
    timeline.add(Cause::L1d, start + latency, Figure::Estimated);
    const u64 complete = std::max(start, served.ready - memory_.l1d_latency()) + latency;
    timeline.add(served.level, complete);
    return {complete, served.level};
}

void LoadStoreUnit::prefetch(const InstructionRecord& record, u64 cycle, TranslationTiming& translation) {
    Timeline unseen;
    for (unsigned i = 0; i < record.access_count; ++i) {
        const DataAccess& access = record.access[i];
        const u64 translated = translation.data(access.lookup, cycle, unseen);
        if (!faulted(access) && !is_device(access.memory_attr)) (void)memory_.read(access.pa, translated);
    }
}

void LoadStoreUnit::drain(const InstructionRecord& record, Path path, u64 complete, u64 committed) {
    for (unsigned i = 0; i < record.access_count; ++i) {
        const DataAccess& access = record.access[i];
        if (faulted(access)) continue;
        const bool done = path == Path::Atomic || path == Path::StoreExclusive;
        const u64 ready = done ? complete : line_ready(access, committed);
        stores_.push({access.pa, access.bytes, complete, 0}, ready, path == Path::ZeroBlock ? zero_block_ : 1);
    }
    if (record.op->timing.op_class == OpClass::StoreRelease) release_drained_ = stores_.drained();
}

u64 LoadStoreUnit::line_ready(const DataAccess& access, u64 committed) {
    if (is_device(access.memory_attr)) return std::max(committed, stores_.drained()) + device_latency_;
    if (!is_cacheable(access.memory_attr)) return memory_.uncached(committed).ready;
    return line_written(access, committed);
}

u64 LoadStoreUnit::both_lines_written(const DataAccess& access, u64 committed) {
    const u64 first = memory_.write(access.pa, committed, reach_of(access)).ready;
    const u64 second = memory_.write(access.pa + access.bytes - 1, committed, reach_of(access)).ready;
    return std::max(first, second) - memory_.l1d_latency() + 1;
}

// The line that a store of a run begins, or all lines of a DC ZVA block.
u64 LoadStoreUnit::claim_lines(const DataAccess& access, u64 run, u64 committed) {
    u64 taken = committed;
    for (u64 done = 0; done < access.bytes; done += kLineBytes)
        taken = std::max(taken, memory_.claim(access.pa + done, committed, run + done));
    return taken;
}

}  // namespace emu
