// The memory side of the out-of-order pipeline: loads, stores and their drain, operations at the head of the window,
// barriers.
#include <algorithm>

#include "emu/timing/out_of_order_pipeline.h"

namespace emu {

using mmu::Event;

namespace {

// MAIR_ELx attribute bytes. Device-nXnXnX types differ in what may be merged, not in the time of one access.
bool is_device(u8 attr) {
    return (attr & 0xf0) == 0;
}
bool is_cacheable(u8 attr) {
    return attr != 0x44;
}  // 0x44: Normal, inner and outer Non-cacheable

bool crosses_line(const DataAccess& a) {
    return line_of(a.pa) != line_of(a.pa + a.bytes - 1);
}
bool faulted(const DataAccess& a) {
    return a.lookup != nullptr && a.lookup->faulted;
}

}  // namespace

// Device memory is accessed once, in order, and never speculatively.
u64 OutOfOrderPipeline::load_device(u64 translated) {
    const u64 start = std::max(oldest_at(translated), stores_.drained());
    timeline_.add(Cause::Store, start);
    timeline_.add(Cause::Device, start + device_latency_);
    return start + device_latency_;
}

inline u64 OutOfOrderPipeline::read_lines(const DataAccess& access, u64 cycle) {
    const Served first = memory_.read(access.pa, cycle);
    timeline_.add(Cause::L1d, cycle + memory_.l1d_latency());
    timeline_.add(first.level, first.ready);
    if (!crosses_line(access)) return first.ready;
    const Served second = memory_.read(access.pa + access.bytes - 1, cycle + config_.core.split_line.mid);
    timeline_.add(second.level, second.ready);
    return std::max(first.ready, second.ready);
}

inline u64 OutOfOrderPipeline::load_one(const DataAccess& access, u64 issued) {
    u64 cycle = translation_.data(access.lookup, issued, timeline_);
    if (faulted(access)) return cycle;
    if (is_device(access.memory_attr)) return load_device(cycle);
    if (!is_cacheable(access.memory_attr)) {
        const Served served = memory_.uncached(cycle);
        timeline_.add(served.level, served.ready);
        return served.ready;
    }
    const StoreQueue::Store* store = stores_.youngest_overlap(access.pa, access.bytes);
    if (store == nullptr || store->drained <= cycle) return read_lines(access, cycle);
    if (store->pa <= access.pa && access.pa + access.bytes <= store->pa + store->bytes) {
        ++(*bank_)[Event::SIM_LOAD_FORWARDED];
        ++(*bank_)[Event::L1D_CACHE];
        cycle = std::max(cycle, store->data_ready) + config_.core.latency.store_forward;
        timeline_.add(Cause::L1d, cycle);
        return cycle;
    }
    // Bytes of the store and of the line: the load is repeated when the store is in the line.
    const u64 repeated =
        std::max(cycle, store->data_ready) + config_.core.latency.store_forward_fail.mid - memory_.l1d_latency();
    cycle = std::max(store->drained, repeated);
    timeline_.add(Cause::Store, cycle);
    return read_lines(access, cycle);
}

u64 OutOfOrderPipeline::execute_load(const InstructionRecord& record, const ClassTiming& timing, u64 ready) {
    const OpClass op_class = record.op->timing.op_class;
    const u64 floor = op_class == OpClass::LoadAcquire ? std::max(load_floor_, release_drained_) : load_floor_;
    if (floor > ready) {
        timeline_.add(Cause::Base, ready);
        timeline_.add(Cause::Ordering, floor);
        ready = floor;
    }
    issued_ = ports_.reserve(Port::Memory, 1, ready);
    timeline_.add(Cause::Base, issued_);
    u64 complete = issued_;
    for (unsigned i = 0; i < record.access_count; ++i)
        complete = std::max(complete, load_one(record.access[i], issued_));
    if (record.access_count == 0) complete += memory_.l1d_latency();
    complete += timing.latency;
    loads_done_ = std::max(loads_done_, complete);
    if (op_class == OpClass::LoadAcquire) load_floor_ = std::max(load_floor_, complete);
    return complete;
}

u64 OutOfOrderPipeline::execute_store(const InstructionRecord& record, u64 ready) {
    issued_ = ports_.reserve(Port::Memory, 1, ready);
    u64 complete = translate(record, issued_) + 1;
    if (record.access_count > 1) {
        complete += config_.core.split_page_store;
        timeline_.add(Cause::Store, complete);
    }
    return complete;
}

// Atomics and store exclusives read and write their line in one step, which cannot be undone: they wait to be the
// oldest.
u64 OutOfOrderPipeline::execute_at_head(const InstructionRecord& record, const ClassTiming& timing, u64 ready) {
    issued_ = ports_.reserve(Port::Memory, 1, ready);
    u64 start = oldest_at(translate(record, issued_));
    u64 complete = start + timing.latency;
    for (unsigned i = 0; i < record.access_count && !faulted(record.access[i]); ++i) {
        const DataAccess& access = record.access[i];
        if (is_device(access.memory_attr)) return load_device(start);
        const StoreQueue::Store* older = stores_.youngest_overlap(access.pa, access.bytes);
        if (older != nullptr) start = std::max(start, older->drained);
        timeline_.add(Cause::Store, start);
        const Served served = memory_.write(access.pa, start);
        timeline_.add(Cause::L1d, start + timing.latency);
        complete = std::max(complete, served.ready - memory_.l1d_latency() + timing.latency);
        timeline_.add(served.level, complete);
    }
    loads_done_ = std::max(loads_done_, complete);
    return complete;
}

// A prefetch starts its translation and its line, and is done.
u64 OutOfOrderPipeline::execute_hint(const InstructionRecord& record, u64 ready) {
    issued_ = ports_.reserve(Port::Memory, 1, ready);
    Timeline unseen;
    for (unsigned i = 0; i < record.access_count; ++i) {
        const DataAccess& access = record.access[i];
        const u64 translated = translation_.data(access.lookup, issued_, unseen);
        if (!faulted(access) && !is_device(access.memory_attr)) (void)memory_.read(access.pa, translated);
    }
    return issued_ + 1;
}

u64 OutOfOrderPipeline::barrier(const InstructionRecord& record, u64 head) {
    u64 waited = std::max(head, loads_done_);
    if (record.types != BarrierTypes::Reads) waited = std::max(waited, stores_.drained());
    const u64 done = barriers_.dsb(record.domain, record.types, waited);
    timeline_.add(Cause::Dsb, done);
    (*bank_)[Event::SIM_DSB_CYCLES] += done - head;
    dispatch_floor_ = done;
    return done;
}

// Stores drain in order anyway, so only later loads have to be held back.
void OutOfOrderPipeline::order_later_loads(BarrierTypes types, u64 ready) {
    if (types == BarrierTypes::Writes) return;
    load_floor_ = std::max({load_floor_, loads_done_, ready});
    if (types == BarrierTypes::All) load_floor_ = std::max(load_floor_, stores_.drained());
}

void OutOfOrderPipeline::drain_stores(const InstructionRecord& record, const ClassTiming& timing, u64 complete) {
    for (unsigned i = 0; i < record.access_count; ++i) {
        const DataAccess& access = record.access[i];
        if (faulted(access)) continue;
        const bool done = timing.path == Path::Atomic || timing.path == Path::StoreExclusive;
        const u64 ready = done ? complete : line_ready(access, now());
        const u64 port = timing.path == Path::ZeroBlock ? config_.core.zero_block.mid : 1;
        stores_.push({access.pa, access.bytes, complete, 0}, ready, port);
    }
    if (record.op->timing.op_class == OpClass::StoreRelease) release_drained_ = stores_.drained();
}

// When a store that committed at `committed` is in its line. The load-to-use latency of L1D is no part of that.
u64 OutOfOrderPipeline::line_ready(const DataAccess& access, u64 committed) {
    if (is_device(access.memory_attr)) return std::max(committed, stores_.drained()) + device_latency_;
    if (!is_cacheable(access.memory_attr)) return memory_.uncached(committed).ready;
    if (stream_.begins_whole_line(access.pa, access.bytes) || access.kind == mmu::AccessKind::ZeroBlock) {
        memory_.claim(access.pa, committed);
        return committed + 1;
    }
    u64 ready = memory_.write(access.pa, committed).ready;
    if (crosses_line(access)) ready = std::max(ready, memory_.write(access.pa + access.bytes - 1, committed).ready);
    return ready - memory_.l1d_latency() + 1;
}

}  // namespace emu
