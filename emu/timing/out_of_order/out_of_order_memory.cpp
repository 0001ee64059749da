// The memory side of the out-of-order pipeline: loads, stores and their drain, operations at the head of the window,
// barriers.
#include "emu/timing/out_of_order/out_of_order_pipeline.h"
#include "emu/timing/store_operands.h"

namespace emu {

using mmu::Event;

inline bool OutOfOrderPipeline::accesses_at_once(const InstructionRecord& record) const {
    return !record.exception && emu::accesses_at_once(record, translation_, issued_);
}

inline void OutOfOrderPipeline::issue_load(const InstructionRecord& record, const Class& c, u64 ready) {
    const u64 floor = order_.load_floor(*record.op);
    if (floor > ready) {
        timeline_.add(Cause::Base, ready);
        timeline_.add(Cause::Ordering, floor);
        ready = floor;
    }
    issued_ = ports_.reserve(c.port, 1, ready);
    const bool at_hand = accesses_at_once(record) && unit_.loads_at_once(record.access[0], issued_);
    at_hand ? load_at_hand(record, c) : load(record, c);
}

// What load() does then.
inline void OutOfOrderPipeline::load_at_hand(const InstructionRecord& record, const Class& c) {
    unit_.count_load_at_once(record.access[0]);
    const u64 found = issued_ + memory_.l1d_latency();
    const u64 complete = found + c.timing.latency;
    order_.loaded(record.op->timing.op_class, complete);
    write_results<Kind::Load>(record.op->timing, complete);
    const u64 before = commit_.cycle();
    const u64 cycle = pass_commit<Kind::Load>(c.timing, complete);
    if (cycle != before) charge_load(record, found, before, cycle);
}

// Where nothing held it up on its way, its time before it issued is Base, and so is what follows L1D.
inline void OutOfOrderPipeline::charge_load(const InstructionRecord& record, u64 found, u64 before, u64 cycle) {
    if (!timeline_.empty()) {
        timeline_.add(Cause::Base, issued_);
        timeline_.add(Cause::L1d, found);
        timeline_.add(Cause::Base, cycle);
        return charge_spans(record, before, cycle);
    }
    const u64 in_l1d = found > before ? found - std::max(issued_, before) : 0;
    account_.charge(record, Cause::L1d, in_l1d);
    account_.charge(Cause::Base, cycle - before - in_l1d);
}

inline u64 OutOfOrderPipeline::load_one(const DataAccess& access, u64 issued) {
    const u64 cycle = translation_.data(access.lookup, issued, timeline_);
    if (faulted(access)) return cycle;
    if (is_device(access.memory_attr)) return unit_.load_device(oldest_at(cycle), timeline_);
    return unit_.load(access, cycle, timeline_).ready;
}

// A load that has issued, to its end.
[[gnu::noinline]] void OutOfOrderPipeline::load(const InstructionRecord& record, const Class& c) {
    begin_accesses(record);
    timeline_.add(Cause::Base, issued_);
    u64 complete = issued_;
    for (unsigned i = 0; i < record.access_count; ++i)
        complete = std::max(complete, load_one(record.access[i], issued_));
    if (record.access_count == 0) complete += memory_.l1d_latency();
    complete += c.timing.latency;
    order_.loaded(record.op->timing.op_class, complete);
    write_results<Kind::Load>(record.op->timing, complete);
    commit<Kind::Load>(record, c.timing, complete);
    if (record.exception) [[unlikely]] front_end_.redirect_after(record, commit_.cycle());
}

// The address goes ahead of the data.
inline void OutOfOrderPipeline::issue_store(const InstructionRecord& record, const Class& c, u64 dispatched) {
    const OpTiming& op = record.op->timing;
    const unsigned addresses = address_sources(*record.op);
    issued_ = ports_.reserve(c.port, 1, operands_ready(op, dispatched, 0, addresses));
    const u64 data = ports_.reserve(Port::StoreData, 1, operands_ready(op, dispatched, addresses, op.source_count));
    accesses_at_once(record) ? store_at_hand(record, c, data) : store(record, c, data);
}

// What store() does then.
inline void OutOfOrderPipeline::store_at_hand(const InstructionRecord& record, const Class& c, u64 data) {
    memory_.set_floor(front_end_.floor());
    memory_.set_pc(record.pc);
    const u64 complete = std::max(issued_, data) + 1;
    write_results<Kind::Store>(record.op->timing, complete);
    commit<Kind::Store>(record, c.timing, complete);
    unit_.drain_one(record.access[0], record.op->timing.op_class, complete, commit_.cycle());
}

// A store that has issued, to its end.
[[gnu::noinline]] void OutOfOrderPipeline::store(const InstructionRecord& record, const Class& c, u64 data) {
    begin_accesses(record);
    const u64 complete = std::max(store_address(record), data + 1);
    write_results<Kind::Store>(record.op->timing, complete);
    commit<Kind::Store>(record, c.timing, complete);
    unit_.drain(record, Path::Store, complete, commit_.cycle());
    if (record.exception) [[unlikely]] front_end_.redirect_after(record, commit_.cycle());
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
