#include "emu/timing/out_of_order_pipeline.h"

#include <algorithm>

namespace emu {

using mmu::Event;

namespace {

const TimingConfig& validated(const TimingConfig& config) {
    config.validate();
    return config;
}

}  // namespace

OutOfOrderPipeline::OutOfOrderPipeline(const TimingConfig& config, mmu::Counters& counters, FunctionTable functions)
    : config_{validated(config)},
      timings_{class_timings(config.core)},
      counters_{counters},
      bank_{&counters.by_el[1]},
      memory_{config},
      translation_{config.translation, memory_},
      front_end_{config.core, translation_, memory_},
      branches_{config.core},
      ports_{config.core},
      unit_{config, memory_},
      order_{unit_},
      barriers_{config},
      registers_timing_{config.core.latency},
      account_{std::move(functions)},
      warm_up_{config.core, memory_, translation_, unit_, branches_},
      dispatch_{config.core.dispatch_width},
      commit_{config.core.commit_width},
      rob_{config.core.rob},
      load_queue_{config.core.load_queue} {
    switch_el(1);
}

void OutOfOrderPipeline::switch_el(u8 el) {
    el_ = el;
    bank_ = &counters_.by_el[el];
    memory_.count_in(*bank_);
    translation_.count_in(*bank_);
    branches_.count_in(*bank_);
    unit_.count_in(*bank_);
    account_.count_in(*bank_);
}

inline u64 OutOfOrderPipeline::dispatch(const ClassTiming& timing, u64 delivered) {
    u64 earliest = std::max({delivered, dispatch_floor_, rob_.oldest()});
    if (timing.in_load_queue) earliest = std::max(earliest, load_queue_.oldest());
    timeline_.add(Cause::Base, earliest);
    if (timing.in_store_queue && unit_.stores().slot_free() > earliest) {
        earliest = unit_.stores().slot_free();
        timeline_.add(Cause::Store, earliest);
    }
    const u64 cycle = dispatch_.pass(earliest);
    front_end_.dispatched(cycle);
    return cycle;
}

inline u64 OutOfOrderPipeline::execute(const InstructionRecord& record, const ClassTiming& timing, u64 ready) {
    if (timing.path == Path::Compute) {
        issued_ = ports_.reserve(timing.port, timing.occupancy, ready);
        return issued_ + timing.latency;
    }
    return execute_other(record, timing, ready);
}

u64 OutOfOrderPipeline::execute_other(const InstructionRecord& record, const ClassTiming& timing, u64 ready) {
    issued_ = ready;
    memory_.set_floor(front_end_.floor());
    memory_.set_pc(record.pc);
    translation_.set_floor(front_end_.floor());
    switch (timing.path) {
        case Path::Branch: return execute_branch(record, timing, ready);
        case Path::Load: return execute_load(record, timing, ready);
        case Path::Store: return execute_store(record);
        case Path::ZeroBlock: return store_address(record, ready);
        case Path::SystemRead: return ready + registers_timing_.read(record.op->word);
        default:
            return timing.port == Port::Memory ? execute_memory(record, timing, ready)
                                               : execute_system(record, timing, ready);
    }
}

u64 OutOfOrderPipeline::execute_memory(const InstructionRecord& record, const ClassTiming& timing, u64 ready) {
    switch (timing.path) {
        case Path::Prefetch: return execute_hint(record, ready);
        case Path::CacheMaintenance: {
            const u64 translated = translate(record, ports_.reserve(Port::Memory, 1, ready));
            unit_.stores().occupy_until(translated + timing.latency);
            if (is_instruction_maintenance(*record.op)) return hand_over(barriers_.instruction_cache(oldest_at(translated)));
            return translated + 1;
        }
        default: return execute_at_head(record, timing, ready);
    }
}

u64 OutOfOrderPipeline::execute_system(const InstructionRecord& record, const ClassTiming& timing, u64 ready) {
    if (timing.path == Path::Dmb) {
        order_.order_later_loads(record.types, ready);
        return ready + 1;
    }
    if (timing.path == Path::SystemWrite && SystemRegisterTiming::is_renamed(record.op->word))
        return ready + registers_timing_.write(record.op->word);
    const u64 head = oldest_at(ready);
    switch (timing.path) {
        case Path::Dsb: return barrier(record, head);
        case Path::Tlbi: return record.tlbi_valid ? hand_over(barriers_.tlbi(record.tlbi, head)) : head;
        case Path::SystemWrite: return head + registers_timing_.write(record.op->word);
        case Path::AddressTranslate: return translate(record, head) + timing.latency;
        default: return head + timing.latency;
    }
}

// Maintenance that its unit or the channel takes at `cycle`.
u64 OutOfOrderPipeline::hand_over(u64 cycle) {
    timeline_.add(Cause::Tlbi, cycle, Figure::Estimated);
    return cycle;
}

// Cycle at which the current instruction is the oldest, for what may not be speculated.
u64 OutOfOrderPipeline::oldest_at(u64 ready) {
    const u64 head = std::max(ready, commit_.cycle());
    timeline_.add(Cause::Base, head);
    return head;
}

u64 OutOfOrderPipeline::execute_branch(const InstructionRecord& record, const ClassTiming& timing, u64 ready) {
    issued_ = ports_.reserve(Port::Branch, 1, ready);
    const u64 resolved = issued_ + timing.latency;
    branches_.resolve(record, resolved, front_end_);
    return resolved;
}

u64 OutOfOrderPipeline::translate(const InstructionRecord& record, u64 issued) {
    timeline_.add(Cause::Base, issued);
    u64 done = issued;
    for (unsigned i = 0; i < record.access_count; ++i) {
        done = std::max(done, translation_.data(record.access[i].lookup, issued, timeline_));
    }
    return done;
}

inline void OutOfOrderPipeline::write_results(const OpTiming& op, u64 issued, u64 complete) {
    for (unsigned i = 0; i < op.result_count; ++i) {
        register_ready_[op.result[i]] = i == op.writeback_index ? issued + 1 : complete;
    }
}

inline void OutOfOrderPipeline::commit(const InstructionRecord& record, const ClassTiming& timing, u64 complete) {
    const u64 before = commit_.cycle();
    const u64 cycle = commit_.pass(complete);
    rob_.push(cycle + 1);
    if (timing.in_load_queue) load_queue_.push(cycle + 1);
    if (cycle == before) return;
    if (timeline_.empty() && timing.figure == Figure::Known)
        return account_.charge(record, Cause::Base, cycle - before);
    timeline_.add(Cause::Base, cycle, timing.figure);
    account_.charge(record, timeline_, before, cycle);
}

void OutOfOrderPipeline::begin_warm_up() { warm_up_.begin(commit_.cycle()); }

void OutOfOrderPipeline::end_warm_up() {
    const u64 cycle = warm_up_.end();
    skipped_ += cycle - commit_.cycle();
    (void)commit_.pass(cycle);
    dispatch_floor_ = std::max(dispatch_floor_, cycle);
    front_end_.redirect(Cause::Base, cycle);
    switch_el(el_);
}

void OutOfOrderPipeline::consume(const InstructionRecord& record) {
    if (is_interrupt(record)) return front_end_.redirect_after(record, commit_.cycle());
    if (record.el != el_) switch_el(record.el);
    timeline_.restart(commit_.cycle());
    const OpTiming& op = record.op->timing;
    const ClassTiming& timing = timings_[static_cast<std::size_t>(op.op_class)];
    const u64 delivered = front_end_.deliver(record, timeline_);
    dispatched_ = dispatch(timing, delivered);
    const u64 complete = execute(record, timing, operands_ready(op, 0, op.source_count));
    write_results(op, issued_, complete);
    commit(record, timing, complete);
    if (timing.in_store_queue) unit_.drain(record, timing.path, complete, commit_.cycle());
    if (record.exception || timing.synchronizes) [[unlikely]] front_end_.redirect_after(record, commit_.cycle());
}

}  // namespace emu
