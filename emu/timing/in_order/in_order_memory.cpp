// The memory side of the in-order pipeline.
#include <algorithm>

#include "emu/timing/in_order/in_order_steps.h"

namespace emu {

namespace {

u64 all_bytes(const InstructionRecord& record) {
    u64 bytes = 0;
    for (unsigned i = 0; i < record.access_count; ++i) bytes += record.access[i].bytes;
    return bytes;
}

}  // namespace

// The instruction waits until the address is known, and with it all behind it.
inline u64 InOrderPipeline::translate(const DataAccess& access, u64 cycle) {
    const u64 done = translation_.data(access.lookup, cycle, timeline_);
    group_.hold_until(done);
    return done;
}

u64 InOrderPipeline::translate(const InstructionRecord& record, u64 issued) {
    timeline_.add(Cause::Base, issued);
    u64 done = issued;
    for (unsigned i = 0; i < record.access_count; ++i) done = std::max(done, translate(record.access[i], issued));
    return done;
}

// More bytes than one cycle moves: the access issues over several. Returns how many more.
inline u64 InOrderPipeline::prolong(const InOrderClass& c, u64 bytes, u64 bytes_per_cycle) {
    if (bytes <= bytes_per_cycle) return 0;
    u64 more = 0;
    for (; bytes > bytes_per_cycle; bytes -= bytes_per_cycle) ++more;
    group_.prolong(c.needs, more);
    return more;
}

// A miss that finds all miss registers taken waits for one in the pipeline.
inline void InOrderPipeline::note_miss(const DataAccess& access, u64 cycle, const Served& served) {
    if (served.ready > cycle + memory_.l1d_latency() && served.level != Cause::L1d)
        take_miss_register(access, cycle, served);
}

void InOrderPipeline::take_miss_register(const DataAccess& access, u64 cycle, const Served& served) {
    const OutstandingMisses::Wait wait = misses_.add(line_of(access.pa), cycle, served);
    hold(wait.cause, wait.until);
}

inline InOrderPipeline::Served InOrderPipeline::load_one(const DataAccess& access, u64 cycle) {
    if (faulted(access)) return {cycle, Cause::Base};
    if (is_device(access.memory_attr)) {
        const u64 done = unit_.load_device(cycle, timeline_);
        hold(Cause::Device, done);
        return {done, Cause::Device};
    }
    const Served served = unit_.load(access, cycle, blocking_ ? timeline_ : unseen_);
    if (!blocking_)
        note_miss(access, cycle, served);
    else if (served.ready > cycle + memory_.l1d_latency())
        hold(served.level, served.ready);
    return served;
}

inline InOrderPipeline::Value InOrderPipeline::value_of(const Served& served, u64 split, u64 later) const {
    return {served.ready + later, {split + later, Cause::L1d, served.level}};
}

// Most loads find the line in L1D, with nothing in their way.
[[gnu::always_inline]] inline bool InOrderPipeline::loads_at_once(const InstructionRecord& record) const {
    return unit_.is_drained(group_.cycle()) && loads_unordered(record) &&
           unit_.reads_at_once(record.access[0], group_.cycle());
}

// The load can begin now.
[[gnu::always_inline]] inline bool InOrderPipeline::loads_unordered(const InstructionRecord& record) const {
    return accesses_at_once(record, translation_, group_.cycle()) && order_.load_floor(*record.op) <= group_.cycle();
}

[[gnu::always_inline]] inline void InOrderPipeline::load_at_once(const InstructionRecord& record, const InOrderClass& c,
                                                                 u64 issued) {
    const DataAccess& access = record.access[0];
    unit_.count_load_at_once(access);
    const u64 later = prolong(c, access.bytes, config_.core.in_order.load_bytes) + c.timing.latency;
    const u64 ready = issued + memory_.l1d_latency() + later;
    order_.loaded(record.op->timing.op_class, ready);
    write_results(record.op->timing, issued, {ready, {ready, Cause::L1d, Cause::L1d}});
}

void InOrderPipeline::load_and_pass(const InstructionRecord& record, const InOrderClass& c, u64 issued, u64 before) {
    if (loads_unordered(record) && unit_.loads_at_once(record.access[0], group_.cycle()))
        load_at_once(record, c, issued);
    else
        write_results(record.op->timing, issued, load(record, c));
    pass<Kind::Load>(record, before, group_.cycle());
}

InOrderPipeline::Value InOrderPipeline::load(const InstructionRecord& record, const InOrderClass& c) {
    begin_accesses(record);
    hold(Cause::Ordering, order_.load_floor(*record.op));
    timeline_.add(Cause::Base, group_.cycle());
    u64 cycle = group_.cycle();
    Served last{cycle + (record.access_count == 0 ? memory_.l1d_latency() : 0), Cause::L1d};
    for (unsigned i = 0; i < record.access_count; ++i) {
        cycle = translate(record.access[i], cycle);
        const Served served = load_one(record.access[i], cycle);
        if (served.ready >= last.ready) last = served;
    }
    const u64 later = prolong(c, all_bytes(record), config_.core.in_order.load_bytes) + c.timing.latency;
    order_.loaded(record.op->timing.op_class, last.ready + later);
    return value_of(last, cycle + memory_.l1d_latency(), later);
}

[[gnu::always_inline]] inline void InOrderPipeline::execute_store(const InstructionRecord& record,
                                                                  const InOrderClass& c, u64 issued, u64 ready) {
    u64 done = 0;
    if (accesses_at_once(record, translation_, group_.cycle())) [[likely]] {
        memory_.set_floor(front_end_.floor());
        prolong(c, record.access[0].bytes, config_.core.in_order.store_bytes);
        done = std::max(group_.cycle(), ready) + 1;
        unit_.drain_one(record.access[0], record.op->timing.op_class, done, done);
    } else {
        done = store(record, c, issued, ready);
    }
    write_results(record.op->timing, issued, {done, {done, Cause::Base, Cause::Base}});
}

u64 InOrderPipeline::store(const InstructionRecord& record, const InOrderClass& c, u64 issued, u64 ready) {
    begin_accesses(record);
    const u64 translated = translate(record, issued);
    if (record.access_count > 1) hold(Cause::Store, translated + config_.core.split_page_store);
    if (c.timing.path == Path::Store) prolong(c, all_bytes(record), config_.core.in_order.store_bytes);
    const u64 done = std::max(group_.cycle(), ready) + 1;
    unit_.drain(record, c.timing.path, done, done);
    return done;
}

// Atomics and store exclusives read and write their line in one step, once nothing older can fault.
InOrderPipeline::Value InOrderPipeline::exchange(const InstructionRecord& record, const InOrderClass& c, u64 issued,
                                                 u64 ready) {
    const u64 start = std::max(translate(record, issued), ready);
    Served last{start + c.timing.latency, Cause::L1d};
    for (unsigned i = 0; i < record.access_count && !faulted(record.access[i]); ++i) {
        const DataAccess& access = record.access[i];
        const Served served = is_device(access.memory_attr) ? load_one(access, start)
                                                            : unit_.exchange(access, start, c.timing.latency, unseen_);
        if (served.ready >= last.ready) last = served;
    }
    order_.loaded(record.op->timing.op_class, last.ready);
    unit_.drain(record, c.timing.path, last.ready, last.ready);
    Value value = value_of(last, start + c.timing.latency, 0);
    value.wait.figure = Figure::Estimated;
    return value;
}

InOrderPipeline::Value InOrderPipeline::execute_memory(const InstructionRecord& record, const InOrderClass& c,
                                                       u64 issued, u64 ready) {
    if (c.timing.path == Path::Prefetch) {
        unit_.prefetch(record, issued, translation_);
    } else if (c.timing.path == Path::CacheMaintenance) {
        const u64 translated = translate(record, issued);
        unit_.stores().occupy_until(translated + c.timing.latency);
        if (is_instruction_maintenance(*record.op)) hold(Cause::Tlbi, barriers_.instruction_cache(translated));
    } else {
        return exchange(record, c, issued, ready);
    }
    return {issued + 1, {issued + 1, Cause::Base, Cause::Base}};
}

template void InOrderPipeline::time<InOrderPipeline::Kind::Load>(InOrderPipeline&, const InstructionRecord&,
                                                                 const InOrderClass&);
template void InOrderPipeline::time<InOrderPipeline::Kind::Store>(InOrderPipeline&, const InstructionRecord&,
                                                                  const InOrderClass&);

}  // namespace emu
