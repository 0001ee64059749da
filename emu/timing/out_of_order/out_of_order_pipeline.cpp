#include "emu/timing/out_of_order/out_of_order_pipeline.h"

namespace emu {

using mmu::Event;

OutOfOrderPipeline::OutOfOrderPipeline(const TimingConfig& config, mmu::Counters& counters, FunctionTable functions)
    : config_{config.validated()},
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
      load_queue_{config.core.load_queue},
      classes_{classes()} {
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

OutOfOrderPipeline::Kind OutOfOrderPipeline::kind_of(const ClassTiming& timing) {
    switch (timing.path) {
        case Path::Compute: return timing.port == Port::None ? Kind::Other : Kind::Compute;
        case Path::Branch: return Kind::Branch;
        case Path::Load: return Kind::Load;
        case Path::Store: return Kind::Store;
        default: return Kind::Other;
    }
}

std::array<OutOfOrderPipeline::Class, kOpClassCount> OutOfOrderPipeline::classes() {
    constexpr decltype(Class::time) kTimers[] = {&time<Kind::Compute>, &time<Kind::Branch>, &time<Kind::Load>,
                                                 &time<Kind::Store>, &time<Kind::Other>};
    const ClassTimings timings = class_timings(config_.core);
    std::array<Class, kOpClassCount> out;
    for (std::size_t i = 0; i < kOpClassCount; ++i) {
        const Kind kind = kind_of(timings[i]);
        out[i] = {kTimers[static_cast<std::size_t>(kind)], ports_.use_of(timings[i].port), kind == Kind::Compute, timings[i]};
    }
    return out;
}

void OutOfOrderPipeline::interrupted(const InstructionRecord& record) {
    front_end_.redirect_after(record, commit_.cycle());
}

u64 OutOfOrderPipeline::execute_other(const InstructionRecord& record, const ClassTiming& timing, u64 ready) {
    issued_ = ready;
    switch (timing.path) {
        case Path::Compute: return ready + timing.latency;
        case Path::ZeroBlock:
            issued_ = ports_.reserve(Port::Store, 1, ready);
            return store_address(record);
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

inline u64 OutOfOrderPipeline::execute_branch(const InstructionRecord& record, const Class& c, u64 ready) {
    const u64 resolved = ports_.reserve(c.port, 1, ready) + c.timing.latency;
    branches_.resolve(record, resolved, front_end_);
    return resolved;
}

void OutOfOrderPipeline::charge_spans(const InstructionRecord& record, u64 before, u64 cycle) {
    account_.charge(record, timeline_, before, cycle);
}

void OutOfOrderPipeline::begin_warm_up() { warm_up_.begin(commit_.cycle()); }

void OutOfOrderPipeline::end_warm_up() {
    const u64 cycle = warm_up_.end();
    skipped_ += cycle - commit_.cycle();
    (void)commit_.pass(cycle);
    dispatch_.hold_until(cycle);
    front_end_.redirect(Cause::Base, cycle);
    switch_el(el_);
}

}  // namespace emu
