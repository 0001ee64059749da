// The steps that every instruction takes through the in-order pipeline, compiled for each kind of them. Where the front
// end has nothing to say and all operands are there, one step after the other; what is rarer is a function that goes on
// from there, so that the common way saves no registers for it.
#pragma once

#include <algorithm>

#include "emu/timing/in_order/in_order_pipeline.h"
#include "emu/timing/store_operands.h"

namespace emu {

inline u64 InOrderPipeline::all_ready(const Sources& sources) const {
    u64 ready = 0;
    for (unsigned i = sources.from; i < sources.to; ++i) ready = std::max(ready, ready_[sources.op.source[i]]);
    return ready;
}

// The address of a store can be translated before the data is there.
template <InOrderPipeline::Kind kKind>
inline InOrderPipeline::Operands InOrderPipeline::operands(const DecodedOp& decoded) const {
    const OpTiming& op = decoded.timing;
    if constexpr (kKind == Kind::Store) {
        const unsigned addresses = address_sources(decoded);
        return {all_ready({op, 0, addresses}), all_ready({op, addresses, op.source_count})};
    }
    u64 ready = std::max(ready_[op.source[0]], ready_[op.source[1]]);
    for (unsigned i = 2; i < op.source_count; ++i) ready = std::max(ready, ready_[op.source[i]]);
    return {0, ready};
}

template <InOrderPipeline::Kind kKind>
inline u64 InOrderPipeline::skew(const InOrderClass& c) const {
    return kKind == Kind::Store ? config_.core.in_order.data_skew : c.skew;
}

template <InOrderPipeline::Kind kKind>
inline u64 InOrderPipeline::issue(const InOrderClass& c, u64 earliest) {
    constexpr bool kMayKeepUnit = kKind == Kind::LongCompute || kKind == Kind::Other;
    if (kMayKeepUnit) earliest = std::max(earliest, unit_free_[static_cast<std::size_t>(c.unit)]);
    if (kKind == Kind::Store || (kKind == Kind::Other && c.timing.in_store_queue)) earliest = await_slot(earliest);
    const u64 issued = group_.issue(c.needs, earliest);
    if (kKind == Kind::LongCompute || (kKind == Kind::Other && c.unit != LongUnit::None))
        unit_free_[static_cast<std::size_t>(c.unit)] = issued + c.timing.occupancy;
    front_end_.dispatched(issued);
    return issued;
}

inline u64 InOrderPipeline::await_slot(u64 earliest) {
    const u64 free = unit_.stores().slot_free();
    if (free <= earliest) return earliest;
    timeline_.add(Cause::Base, earliest);
    timeline_.add(Cause::Store, free);
    return free;
}

// What follows is about accesses of this instruction. Time that the front end has not caught up with yet is no floor
// less.
inline void InOrderPipeline::begin_accesses(const InstructionRecord& record) {
    memory_.set_floor(front_end_.floor());
    translation_.set_floor(front_end_.floor());
    unit_.expect(record);
}

inline void InOrderPipeline::write(u8 reg, u64 ready) {
    ready_[reg] = ready;
    has_wait_[reg] = false;
}

[[gnu::always_inline]] inline void InOrderPipeline::write(u8 reg, const Value& value) {
    ready_[reg] = value.ready;
    has_wait_[reg] = value.wait.has_spans();
    waits_[reg] = value.wait;
}

inline void InOrderPipeline::write_results(const OpTiming& op, u64 ready) {
    write(op.result[0], ready);
    for (unsigned i = 1; i < op.result_count; ++i) write(op.result[i], ready);
}

// A base register that is written back is there before the value.
[[gnu::always_inline]] inline void InOrderPipeline::write_results(const OpTiming& op, u64 issued, const Value& value) {
    write(op.result[0], value);
    for (unsigned i = 1; i < op.result_count; ++i) write(op.result[i], value);
    if (op.writeback_index < op.result_count) write(op.result[op.writeback_index], issued + 1);
}

template <InOrderPipeline::Kind kKind>
inline void InOrderPipeline::execute(const InstructionRecord& record, const InOrderClass& c, u64 issued, u64 ready) {
    const OpTiming& op = record.op->timing;
    if constexpr (kKind == Kind::Compute || kKind == Kind::LongCompute)
        write_results(op, std::max(issued, ready) + c.timing.latency);
    if constexpr (kKind == Kind::Branch) write_results(op, issued + 1);
    if constexpr (kKind == Kind::Load) load_at_once(record, c, issued);
    if constexpr (kKind == Kind::Store) execute_store(record, c, issued, ready);
    if constexpr (kKind == Kind::Other) {
        begin_accesses(record);
        write_results(op, issued, execute_other(record, c, issued, ready));
    }
}

// The clock goes on to where the instruction leaves the pipeline to the next one. The time line of that begins there.
template <InOrderPipeline::Kind kKind>
[[gnu::always_inline]] inline void InOrderPipeline::pass(const InstructionRecord& record, u64 before, u64 now) {
    constexpr bool kLooksAhead = !is_short(kKind);  // spans of an access end later
    if (now == before) {
        if (kLooksAhead) timeline_.restart(now);
        return;
    }
    if (!account_.charged_last(record) || !timeline_.is_one_cause(now)) [[unlikely]]
        return charge_spans(record, before);
    account_.charge(timeline_.first_cause(), now - before);
    timeline_.restart(now);
}

template <InOrderPipeline::Kind kKind>
[[gnu::always_inline]] inline void InOrderPipeline::go(const InstructionRecord& record, const InOrderClass& c,
                                                       u64 ready, u64 before, u64 earliest) {
    memory_.set_pc(record.pc);
    const u64 issued = issue<kKind>(c, earliest);
    if (kKind == Kind::Load && !loads_at_once(record)) [[unlikely]]
        return load_and_pass(record, c, issued, before);
    execute<kKind>(record, c, issued, ready);
    if constexpr (kKind == Kind::Branch)
        return resolve_and_pass(record, std::max(issued, ready) + c.timing.latency, before);
    pass<kKind>(record, before, is_short(kKind) ? issued : group_.cycle());
    if (kKind == Kind::Other && c.timing.synchronizes) front_end_.redirect_after(record, group_.cycle());
}

template <InOrderPipeline::Kind kKind>
void InOrderPipeline::go_on(const InstructionRecord& record, const InOrderClass& c, u64 ready, u64 earliest) {
    go<kKind>(record, c, ready, group_.cycle(), earliest);
}

// Everybody waits for what comes last of its operands, and for the first of these.
template <InOrderPipeline::Kind kKind>
void InOrderPipeline::await_and_go(const InstructionRecord& record, const InOrderClass& c, Operands ready,
                                   u64 earliest) {
    const OpTiming& op = record.op->timing;
    const unsigned addresses = kKind == Kind::Store ? address_sources(*record.op) : 0;
    if (kKind == Kind::Store) earliest = await({op, 0, addresses}, ready.address, 0, earliest);
    earliest = await({op, addresses, op.source_count}, ready.all, skew<kKind>(c), earliest);
    go_on<kKind>(record, c, ready.all, earliest);
}

template <InOrderPipeline::Kind kKind>
[[gnu::always_inline]] inline void InOrderPipeline::read_and_go(const InstructionRecord& record, const InOrderClass& c,
                                                                u64 before, u64 earliest) {
    const Operands ready = operands<kKind>(*record.op);
    const bool waits = ready.all > earliest + skew<kKind>(c) || (kKind == Kind::Store && ready.address > earliest);
    if (waits) [[unlikely]]
        return await_and_go<kKind>(record, c, ready, earliest);
    if constexpr (is_short(kKind))
        go<kKind>(record, c, ready.all, before, earliest);
    else
        go_on<kKind>(record, c, ready.all, earliest);
}

template <InOrderPipeline::Kind kKind>
void InOrderPipeline::deliver_and_go(const InstructionRecord& record, const InOrderClass& c) {
    const u64 delivered = front_end_.deliver(record, timeline_);
    read_and_go<kKind>(record, c, group_.cycle(), std::max(delivered, group_.cycle()));
}

template <InOrderPipeline::Kind kKind>
void InOrderPipeline::fetch_and_go(const InstructionRecord& record, const InOrderClass& c) {
    if (!front_end_.has_at_hand(record)) [[unlikely]]
        return deliver_and_go<kKind>(record, c);
    const u64 before = group_.cycle();
    read_and_go<kKind>(record, c, before, std::max(before, front_end_.deliver_group(timeline_)));
}

// Issue stamps ascend, so the fetch queue never says more than the last one. A branch asks the front end where it is.
template <InOrderPipeline::Kind kKind>
void InOrderPipeline::time(InOrderPipeline& p, const InstructionRecord& record, const InOrderClass& c) {
    if (record.fetch_looked_up) return p.fetch_and_go<kKind>(record, c);
    if (p.front_end_.redirects()) [[unlikely]]
        return p.deliver_and_go<kKind>(record, c);
    if (kKind == Kind::Branch) p.front_end_.catch_up();
    p.read_and_go<kKind>(record, c, p.group_.cycle(), p.group_.cycle());
}

// Made beside what executes them, in in_order_memory.cpp.
extern template void InOrderPipeline::time<InOrderPipeline::Kind::Load>(InOrderPipeline&, const InstructionRecord&,
                                                                        const InOrderClass&);
extern template void InOrderPipeline::time<InOrderPipeline::Kind::Store>(InOrderPipeline&, const InstructionRecord&,
                                                                         const InOrderClass&);

}  // namespace emu
