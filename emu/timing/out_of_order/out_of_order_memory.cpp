// The memory side of the out-of-order pipeline: loads, stores and their drain, operations at the head of the window,
// barriers.
#include "emu/timing/out_of_order/out_of_order_pipeline.h"
#include "emu/timing/store_operands.h"

namespace emu {

using mmu::Event;

inline u64 OutOfOrderPipeline::load_one(const DataAccess& access, u64 issued) {
    const u64 cycle = translation_.data(access.lookup, issued, timeline_);
    if (faulted(access)) return cycle;
    if (is_device(access.memory_attr)) return unit_.load_device(oldest_at(cycle), timeline_);
    return unit_.load(access, cycle, timeline_).ready;
}

inline u64 OutOfOrderPipeline::execute_load(const InstructionRecord& record, const Class& c, u64 ready) {
    const OpClass op_class = record.op->timing.op_class;
    const u64 floor = order_.load_floor(*record.op);
    if (floor > ready) {
        timeline_.add(Cause::Base, ready);
        timeline_.add(Cause::Ordering, floor);
        ready = floor;
    }
    issued_ = ports_.reserve(c.port, 1, ready);
    timeline_.add(Cause::Base, issued_);
    u64 complete = issued_;
    for (unsigned i = 0; i < record.access_count; ++i)
        complete = std::max(complete, load_one(record.access[i], issued_));
    if (record.access_count == 0) complete += memory_.l1d_latency();
    complete += c.timing.latency;
    order_.loaded(op_class, complete);
    return complete;
}

// The address goes ahead of the data.
inline u64 OutOfOrderPipeline::execute_store(const InstructionRecord& record, u64 dispatched) {
    const OpTiming& op = record.op->timing;
    const unsigned addresses = address_sources(*record.op);
    const u64 translated = store_address(record, operands_ready(op, dispatched, 0, addresses));
    const u64 data = ports_.reserve(Port::StoreData, 1, operands_ready(op, dispatched, addresses, op.source_count));
    return std::max(translated, data + 1);
}

u64 OutOfOrderPipeline::store_address(const InstructionRecord& record, u64 ready) {
    issued_ = ports_.reserve(Port::Store, 1, ready);
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
    const u64 start = oldest_at(translate(record, issued_));
    u64 complete = start + timing.latency;
    for (unsigned i = 0; i < record.access_count && !faulted(record.access[i]); ++i) {
        const DataAccess& access = record.access[i];
        if (is_device(access.memory_attr)) return unit_.load_device(start, timeline_);
        complete = std::max(complete, unit_.exchange(access, start, timing.latency, timeline_).ready);
    }
    order_.loaded(record.op->timing.op_class, complete);
    return complete;
}

u64 OutOfOrderPipeline::execute_hint(const InstructionRecord& record, u64 ready) {
    issued_ = ports_.reserve(Port::Memory, 1, ready);
    unit_.prefetch(record, issued_, translation_);
    return issued_ + 1;
}

u64 OutOfOrderPipeline::barrier(const InstructionRecord& record, u64 head) {
    const u64 waited = order_.accesses_done(record.types, head);
    const u64 done = barriers_.dsb(record.domain, record.types, waited);
    timeline_.add(Cause::Dsb, waited);
    timeline_.add(Cause::Dsb, done, Figure::Estimated);
    (*bank_)[Event::SIM_DSB_CYCLES] += done - head;
    dispatch_.hold_until(done);  // nothing later begins
    return done;
}

template void OutOfOrderPipeline::time<OutOfOrderPipeline::Kind::Load>(OutOfOrderPipeline&, const InstructionRecord&,
                                                                       const Class&);
template void OutOfOrderPipeline::time<OutOfOrderPipeline::Kind::Store>(OutOfOrderPipeline&, const InstructionRecord&,
                                                                        const Class&);

}  // namespace emu
