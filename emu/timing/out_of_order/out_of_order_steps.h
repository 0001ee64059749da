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

template <OutOfOrderPipeline::Kind kKind>
inline u64 OutOfOrderPipeline::execute(const InstructionRecord& record, const Class& c, u64 dispatched) {
    const OpTiming& op = record.op->timing;
    if constexpr (kKind == Kind::Compute)
        return ports_.reserve(c.port, c.timing.occupancy, operands_ready(op, dispatched)) + c.timing.latency;
    if constexpr (kKind != Kind::Compute && kKind != Kind::Branch) begin_accesses(record);
    if constexpr (kKind == Kind::Branch) return execute_branch(record, c, operands_ready(op, dispatched));
    if constexpr (kKind == Kind::Load) return execute_load(record, c, operands_ready(op, dispatched));
    if constexpr (kKind == Kind::Store) return execute_store(record, dispatched);
    if constexpr (kKind == Kind::Other) return execute_other(record, c.timing, operands_ready(op, dispatched));
}

// Only accesses write a base register back, which is there before their value.
template <OutOfOrderPipeline::Kind kKind>
inline void OutOfOrderPipeline::write_results(const OpTiming& op, u64 complete) {
    register_ready_[op.result[0]] = complete;
    for (unsigned i = 1; i < op.result_count; ++i) register_ready_[op.result[i]] = complete;
    if constexpr (kKind != Kind::Compute && kKind != Kind::Branch)
        if (op.writeback_index < op.result_count) register_ready_[op.result[op.writeback_index]] = issued_ + 1;
}

template <OutOfOrderPipeline::Kind kKind>
inline void OutOfOrderPipeline::commit(const InstructionRecord& record, const ClassTiming& timing, u64 complete) {
    const u64 before = commit_.cycle();
    const u64 cycle = commit_.pass(complete);
    rob_.push(cycle + 1);
    if (kKind == Kind::Load || (kKind == Kind::Other && timing.in_load_queue)) load_queue_.push(cycle + 1);
    if (cycle == before) return;
    const Figure figure = kKind == Kind::Other ? timing.figure : Figure::Known;
    if (timeline_.empty() && figure == Figure::Known) return account_.charge(record, Cause::Base, cycle - before);
    timeline_.add(Cause::Base, cycle, figure);
    charge_spans(record, before, cycle);
}

template <OutOfOrderPipeline::Kind kKind>
void OutOfOrderPipeline::time(OutOfOrderPipeline& p, const InstructionRecord& record, const Class& c) {
    p.timeline_.restart(p.commit_.cycle());
    const u64 delivered = p.front_end_.deliver(record, p.timeline_);
    const u64 dispatched = p.dispatch<kKind>(c.timing, delivered);
    const u64 complete = p.execute<kKind>(record, c, dispatched);
    p.write_results<kKind>(record.op->timing, complete);
    p.commit<kKind>(record, c.timing, complete);
    if (kKind == Kind::Store || (kKind == Kind::Other && c.timing.in_store_queue))
        p.unit_.drain(record, c.timing.path, complete, p.commit_.cycle());
    const bool synchronizes = kKind == Kind::Other && c.timing.synchronizes;
    if (record.exception || synchronizes) [[unlikely]] p.front_end_.redirect_after(record, p.commit_.cycle());
}

// A quiet instruction that only computes, when no redirect is pending: the steps above as far as they matter. It is there
// when the one before it was dispatched: its group is, and so is its place in the fetch queue, which an older dispatch has
// freed. All its time is Base.
[[gnu::always_inline]] inline void OutOfOrderPipeline::compute(const InstructionRecord& record, const Class& c) {
    const OpTiming& op = record.op->timing;
    const u64 dispatched = dispatch_.pass(rob_.oldest());
    front_end_.dispatched(dispatched);
    const u64 complete = execute<Kind::Compute>(record, c, dispatched);
    write_results<Kind::Compute>(op, complete);
    const u64 before = commit_.cycle();
    const u64 cycle = commit_.pass(complete);
    rob_.push(cycle + 1);
    if (cycle != before) account_.charge(record, Cause::Base, cycle - before);
}

// Made beside what executes them, in out_of_order_memory.cpp.
extern template void OutOfOrderPipeline::time<OutOfOrderPipeline::Kind::Load>(OutOfOrderPipeline&,
                                                                              const InstructionRecord&, const Class&);
extern template void OutOfOrderPipeline::time<OutOfOrderPipeline::Kind::Store>(OutOfOrderPipeline&,
                                                                               const InstructionRecord&, const Class&);

}  // namespace emu
