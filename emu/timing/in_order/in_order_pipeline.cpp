#include "emu/timing/in_order/in_order_pipeline.h"

#include <algorithm>

#include "emu/timing/store_operands.h"

namespace emu {

namespace {

const TimingConfig& validated(const TimingConfig& config) {
    config.validate();
    return config;
}

}  // namespace

InOrderPipeline::InOrderPipeline(const TimingConfig& config, mmu::Counters& counters, FunctionTable functions)
    : config_{validated(config)},
      classes_{in_order_classes(config.core)},
      counters_{counters},
      bank_{&counters.by_el[1]},
      blocking_{config.core.in_order.misses == MissPolicy::Blocking},
      memory_{config},
      translation_{config.translation, memory_},
      front_end_{config.core, translation_, memory_},
      branches_{config.core},
      unit_{config, memory_},
      order_{unit_},
      barriers_{config},
      registers_timing_{config.core.latency},
      misses_{config.memory.l1d_misses.mid},
      account_{std::move(functions)},
      warm_up_{config.core, memory_, translation_, unit_, branches_},
      group_{config.core} {
    unseen_.restart(~u64{0});
    switch_el(1);
}

void InOrderPipeline::switch_el(u8 el) {
    el_ = el;
    bank_ = &counters_.by_el[el];
    memory_.count_in(*bank_);
    translation_.count_in(*bank_);
    branches_.count_in(*bank_);
    unit_.count_in(*bank_);
    account_.count_in(*bank_);
}

inline u64 InOrderPipeline::all_ready(const Sources& sources) const {
    u64 ready = 0;
    for (unsigned i = sources.from; i < sources.to; ++i) ready = std::max(ready, ready_[sources.op.source[i]]);
    return ready;
}

// All of `sources` are there at `ready`: who waits does so for the first that comes then.
inline u64 InOrderPipeline::await(const Sources& sources, u64 ready, u64 skew, u64 earliest) {
    if (ready <= earliest + skew) return earliest;
    unsigned last = sources.from;
    while (ready_[sources.op.source[last]] != ready) ++last;
    const Wait& wait = waits_[sources.op.source[last]];
    const bool plain = wait.after == Cause::Base && wait.figure == Figure::Known;
    return plain ? ready - skew : wait_for(wait, ready, skew, earliest);  // time without a span is Base
}

u64 InOrderPipeline::wait_for(const Wait& wait, u64 ready, u64 skew, u64 earliest) {
    timeline_.add(Cause::Base, earliest);
    timeline_.add(wait.before, std::min(wait.split, ready) - std::min(skew, wait.split), wait.figure);
    timeline_.add(wait.after, ready - skew);
    return ready - skew;
}

inline u64 InOrderPipeline::await_operands(const InstructionRecord& record, const InOrderClass& c, u64 earliest) {
    const OpTiming& op = record.op->timing;
    if (c.timing.path == Path::Store) {
        const unsigned addresses = address_sources(*record.op);
        const Sources address{op, 0, addresses};
        const Sources data{op, addresses, op.source_count};
        operands_ready_ = all_ready(data);
        const u64 located = await(address, all_ready(address), 0, earliest);
        return await(data, operands_ready_, config_.core.in_order.data_skew, located);
    }
    const Sources sources{op, 0, op.source_count};
    operands_ready_ = all_ready(sources);
    return await(sources, operands_ready_, c.skew, earliest);
}

inline u64 InOrderPipeline::issue(const InstructionRecord& record, const InOrderClass& c, u64 delivered) {
    u64 earliest = await_operands(record, c, std::max(delivered, group_.cycle()));
    earliest = std::max(earliest, unit_free_[static_cast<std::size_t>(c.unit)]);
    if (c.timing.in_store_queue && unit_.stores().slot_free() > earliest) {
        timeline_.add(Cause::Base, earliest);
        earliest = unit_.stores().slot_free();
        timeline_.add(Cause::Store, earliest);
    }
    const u64 issued = group_.issue(c.needs, earliest);
    if (c.unit != LongUnit::None) unit_free_[static_cast<std::size_t>(c.unit)] = issued + c.timing.occupancy;
    front_end_.dispatched(issued);
    return issued;
}

void InOrderPipeline::hold_longer(Cause cause, u64 until, Figure figure) {
    timeline_.add(Cause::Base, group_.cycle());
    timeline_.add(cause, until, figure);
    group_.hold_until(until);
}

inline InOrderPipeline::Value InOrderPipeline::compute(const InOrderClass& c, u64 issued) {
    const u64 done = std::max(issued, operands_ready_) + c.timing.latency;
    if (c.blocks) hold(Cause::Base, done);
    return {done, {done, Cause::Base, Cause::Base, c.timing.figure}};
}

inline InOrderPipeline::Value InOrderPipeline::execute(const InstructionRecord& record, const InOrderClass& c,
                                                       u64 issued) {
    switch (c.timing.path) {
        case Path::Compute: return compute(c, issued);
        case Path::Branch:
            branches_.resolve(record, std::max(issued, operands_ready_) + c.timing.latency, front_end_);
            return {issued + 1, {issued + 1, Cause::Base, Cause::Base}};
        case Path::Load: return load(record, c);
        case Path::Store:
        case Path::ZeroBlock: return store(record, c, issued);
        case Path::SystemRead: {
            const u64 done = issued + registers_timing_.read(record.op->word);
            return {done, {done, Cause::Base, Cause::Base, Figure::Estimated}};
        }
        default:
            return c.timing.port == Port::Memory ? execute_memory(record, c, issued)
                                                 : execute_system(record, c, issued);
    }
}

InOrderPipeline::Value InOrderPipeline::execute_system(const InstructionRecord& record, const InOrderClass& c,
                                                       u64 issued) {
    switch (c.timing.path) {
        case Path::Dmb: order_.order_later_loads(record.types, issued); break;
        case Path::Dsb: barrier(record, issued); break;
        case Path::Tlbi:
            if (record.tlbi_valid) hold(Cause::Tlbi, barriers_.tlbi(record.tlbi, issued), Figure::Estimated);
            break;
        case Path::AddressTranslate: hold(Cause::Base, translate(record, issued) + c.timing.latency, Figure::Estimated); break;
        case Path::SystemWrite:
            hold(Cause::Base, issued + registers_timing_.write(record.op->word) - 1, Figure::Estimated);
            break;
        default: hold(Cause::Base, issued + c.timing.latency - 1, c.timing.figure); break;
    }
    const u64 done = std::max(issued + 1, group_.cycle());
    return {done, {done, Cause::Base, Cause::Base}};
}

void InOrderPipeline::barrier(const InstructionRecord& record, u64 issued) {
    const u64 accessed = order_.accesses_done(record.types, issued);
    const u64 done = barriers_.dsb(record.domain, record.types, accessed);
    hold(Cause::Dsb, accessed);
    hold(Cause::Dsb, done, Figure::Estimated);
    (*bank_)[mmu::Event::SIM_DSB_CYCLES] += done - issued;
}

inline void InOrderPipeline::write_results(const OpTiming& op, u64 issued, const Value& value) {
    for (unsigned i = 0; i < op.result_count; ++i) {
        const bool is_base = i == op.writeback_index;
        ready_[op.result[i]] = is_base ? issued + 1 : value.ready;
        waits_[op.result[i]] = is_base ? Wait{issued + 1} : value.wait;
    }
}

// The clock goes on to where the instruction leaves the pipeline to the next one.
inline void InOrderPipeline::pass(const InstructionRecord& record) {
    const u64 before = now_;
    now_ = group_.cycle();
    if (now_ == before) return;
    if (timeline_.empty()) return account_.charge(record, Cause::Base, now_ - before);
    timeline_.add(Cause::Base, now_);
    account_.charge(record, timeline_, before, now_);
}

void InOrderPipeline::begin_warm_up() { warm_up_.begin(now_); }

void InOrderPipeline::end_warm_up() {
    const u64 cycle = warm_up_.end();
    skipped_ += cycle - now_;
    now_ = cycle;
    group_.hold_until(cycle);
    front_end_.redirect(Cause::Base, cycle);
    switch_el(el_);
}

void InOrderPipeline::consume(const InstructionRecord& record) {
    if (is_interrupt(record)) return front_end_.redirect_after(record, now_);
    if (record.el != el_) switch_el(record.el);
    timeline_.restart(now_);
    const OpTiming& op = record.op->timing;
    const InOrderClass& c = classes_[static_cast<std::size_t>(op.op_class)];
    const u64 delivered = front_end_.deliver(record, timeline_);
    memory_.set_floor(delivered);
    memory_.set_pc(record.pc);
    translation_.set_floor(delivered);
    const u64 issued = issue(record, c, delivered);
    write_results(op, issued, execute(record, c, issued));
    pass(record);
    if (record.exception || c.timing.synchronizes) [[unlikely]] front_end_.redirect_after(record, now_);
}

}  // namespace emu
