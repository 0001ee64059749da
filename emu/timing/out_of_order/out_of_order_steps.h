// The steps that every instruction takes through the out-of-order pipeline, compiled for each kind of them. Behind the
// pipeline's own header, which includes this one.
#pragma once

#include <algorithm>

#include "emu/timing/out_of_order/out_of_order_pipeline.h"

namespace emu {

inline u64 OutOfOrderPipeline::operands_ready(const OpTiming& op, u64 dispatched) const {
    u64 ready = std::max({dispatched, register_ready_[op.source[0]], register_ready_[op.source[1]]});
    for (unsigned i = 2; i < op.source_count; ++i) ready = std::max(ready, register_ready_[op.source[i]]);
    return ready;
}

inline u64 OutOfOrderPipeline::operands_ready(const OpTiming& op, u64 dispatched, unsigned from, unsigned to) const {
    u64 ready = dispatched;
    for (unsigned i = from; i < to; ++i) ready = std::max(ready, register_ready_[op.source[i]]);
    return ready;
}

// What follows is about accesses of this instruction.
inline void OutOfOrderPipeline::begin_accesses(const InstructionRecord& record) {
    memory_.set_floor(front_end_.floor());
    memory_.set_pc(record.pc);
    translation_.set_floor(front_end_.floor());
    unit_.expect(record);
}

template <OutOfOrderPipeline::Kind kKind>
inline u64 OutOfOrderPipeline::dispatch(const ClassTiming& timing, u64 delivered) {
    const bool loads = kKind == Kind::Load || (kKind == Kind::Other && timing.in_load_queue);
    const bool stores = kKind == Kind::Store || (kKind == Kind::Other && timing.in_store_queue);
    u64 earliest = std::max(delivered, rob_.oldest());
    if (loads) earliest = std::max(earliest, load_queue_.oldest());
    timeline_.add(Cause::Base, earliest);
    if (stores && unit_.stores().slot_free() > earliest) {
        earliest = unit_.stores().slot_free();
        timeline_.add(Cause::Store, earliest);
    }
    const u64 cycle = dispatch_.pass(earliest);
    front_end_.dispatched(cycle);
    return cycle;
}

inline u64 OutOfOrderPipeline::translate(const InstructionRecord& record, u64 issued) {
    timeline_.add(Cause::Base, issued);
    u64 done = issued;
    for (unsigned i = 0; i < record.access_count; ++i)
        done = std::max(done, translation_.data(record.access[i].lookup, issued, timeline_));
    return done;
}

// Of a store that has issued.
inline u64 OutOfOrderPipeline::store_address(const InstructionRecord& record) {
    u64 complete = translate(record, issued_) + 1;
    if (record.access_count > 1) [[unlikely]] {
        complete += config_.core.split_page_store;
        timeline_.add(Cause::Store, complete);
    }
    return complete;
}

// When the result is there.
template <OutOfOrderPipeline::Kind kKind>
inline u64 OutOfOrderPipeline::execute(const InstructionRecord& record, const Class& c, u64 dispatched) {
    const OpTiming& op = record.op->timing;
    if constexpr (kKind == Kind::Compute)
        return ports_.reserve(c.port, c.timing.occupancy, operands_ready(op, dispatched)) + c.timing.latency;
    if constexpr (kKind == Kind::Branch) return execute_branch(record, c, operands_ready(op, dispatched));
    if constexpr (kKind == Kind::Other) {
        begin_accesses(record);
        return execute_other(record, c.timing, operands_ready(op, dispatched));
    }
}

// Only accesses write a base register back, which is there before their value.
template <OutOfOrderPipeline::Kind kKind>
inline void OutOfOrderPipeline::write_results(const OpTiming& op, u64 complete) {
    register_ready_[op.result[0]] = complete;
    for (unsigned i = 1; i < op.result_count; ++i) register_ready_[op.result[i]] = complete;
    if constexpr (kKind != Kind::Compute && kKind != Kind::Branch)
        if (op.writeback_index < op.result_count) register_ready_[op.result[op.writeback_index]] = issued_ + 1;
}

// The cycle at which it commits.
template <OutOfOrderPipeline::Kind kKind>
inline u64 OutOfOrderPipeline::pass_commit(const ClassTiming& timing, u64 complete) {
    const u64 cycle = commit_.pass(complete);
    rob_.push(cycle + 1);
    if (kKind == Kind::Load || (kKind == Kind::Other && timing.in_load_queue)) load_queue_.push(cycle + 1);
    return cycle;
}

template <OutOfOrderPipeline::Kind kKind>
inline void OutOfOrderPipeline::commit(const InstructionRecord& record, const ClassTiming& timing, u64 complete) {
    const u64 before = commit_.cycle();
    const u64 cycle = pass_commit<kKind>(timing, complete);
    if (cycle == before) return;
    const Figure figure = kKind == Kind::Other ? timing.figure : Figure::Known;
    if (timeline_.empty() && figure == Figure::Known) return account_.charge(record, Cause::Base, cycle - before);
    timeline_.add(Cause::Base, cycle, figure);
    charge_spans(record, before, cycle);
}

template <OutOfOrderPipeline::Kind kKind>
void OutOfOrderPipeline::time(OutOfOrderPipeline& p, const InstructionRecord& record, const Class& c) {
    if constexpr (kKind == Kind::Branch)
        if (p.front_end_.is_there(record, p.commit_.cycle())) return p.time_at_once<kKind>(record, c);
    p.timeline_.restart(p.commit_.cycle());
    const u64 delivered = p.front_end_.deliver(record, p.timeline_);
    const u64 dispatched = p.dispatch<kKind>(c.timing, delivered);
    if constexpr (kKind == Kind::Load) {
        p.issue_load(record, c, p.operands_ready(record.op->timing, dispatched));
    } else if constexpr (kKind == Kind::Store) {
        p.issue_store(record, c, dispatched);
    } else {
        const u64 complete = p.execute<kKind>(record, c, dispatched);
        p.write_results<kKind>(record.op->timing, complete);
        p.commit<kKind>(record, c.timing, complete);
        if (kKind == Kind::Other && c.timing.in_store_queue)
            p.unit_.drain(record, c.timing.path, complete, p.commit_.cycle());
        const bool synchronizes = kKind == Kind::Other && c.timing.synchronizes;
        if (record.exception || synchronizes) [[unlikely]] p.front_end_.redirect_after(record, p.commit_.cycle());
    }
}

// The same for an instruction without accesses that FrontEnd::is_there(): the steps above as far as they matter. Inside a
// group it is there when the one before it was dispatched: the group is, and so is its place in the fetch queue, which an
// older dispatch has freed. All its time is Base.
template <OutOfOrderPipeline::Kind kKind>
inline void OutOfOrderPipeline::time_at_once(const InstructionRecord& record, const Class& c) {
    u64 earliest = rob_.oldest();
    if (record.fetch_looked_up)
        earliest = std::max(earliest, front_end_.deliver_group());
    else if (kKind == Kind::Branch)
        front_end_.catch_up();  // the floor, for its redirect
    const u64 dispatched = dispatch_.pass(earliest);
    front_end_.dispatched(dispatched);
    const u64 complete = execute<kKind>(record, c, dispatched);
    write_results<kKind>(record.op->timing, complete);
    const u64 before = commit_.cycle();
    const u64 cycle = pass_commit<kKind>(c.timing, complete);
    if (cycle != before) account_.charge(record, Cause::Base, cycle - before);
    if (kKind == Kind::Branch && record.exception) [[unlikely]] front_end_.redirect_after(record, cycle);
}

// Made beside what executes them, in out_of_order_memory.cpp.
extern template void OutOfOrderPipeline::time<OutOfOrderPipeline::Kind::Load>(OutOfOrderPipeline&,
                                                                              const InstructionRecord&, const Class&);
extern template void OutOfOrderPipeline::time<OutOfOrderPipeline::Kind::Store>(OutOfOrderPipeline&,
                                                                               const InstructionRecord&, const Class&);

}  // namespace emu
