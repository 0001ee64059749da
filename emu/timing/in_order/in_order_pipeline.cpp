#include "emu/timing/in_order/in_order_pipeline.h"

#include <algorithm>

#include "emu/timing/in_order/in_order_steps.h"

namespace emu {

InOrderPipeline::InOrderPipeline(const TimingConfig& config, mmu::Counters& counters, FunctionTable functions)
    : config_{config.validated()},
      classes_{timed_classes(config.core)},
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

InOrderPipeline::Kind InOrderPipeline::kind_of(const InOrderClass& c, MissPolicy misses) {
    switch (c.timing.path) {
        case Path::Compute:
            if (c.blocks || c.timing.figure != Figure::Known || c.timing.synchronizes) return Kind::Other;
            return c.unit == LongUnit::None ? Kind::Compute : Kind::LongCompute;
        case Path::Branch: return Kind::Branch;
        case Path::Load: return misses == MissPolicy::Blocking ? Kind::Other : Kind::Load;
        case Path::Store: return Kind::Store;
        default: return Kind::Other;
    }
}

InOrderClasses InOrderPipeline::timed_classes(const CoreTimingConfig& config) {
    constexpr decltype(InOrderClass::time) kTimers[] = {&time<Kind::Compute>, &time<Kind::LongCompute>,
                                                        &time<Kind::Branch>,  &time<Kind::Load>,
                                                        &time<Kind::Store>,   &time<Kind::Other>};
    InOrderClasses classes = in_order_classes(config);
    for (InOrderClass& c : classes) c.time = kTimers[static_cast<std::size_t>(kind_of(c, config.in_order.misses))];
    return classes;
}

// Of an interrupt the record is about an instruction that has not executed.
void InOrderPipeline::consume_exception(const InstructionRecord& record) {
    if (!is_interrupt(record)) {
        if (record.el != el_) switch_el(record.el);
        class_of(record).time(*this, record, class_of(record));
    }
    front_end_.redirect_after(record, group_.cycle());
}

// All of `sources` are there at `ready`: who waits does so for the first that comes then.
u64 InOrderPipeline::await(const Sources& sources, u64 ready, u64 skew, u64 earliest) {
    if (ready <= earliest + skew) return earliest;
    unsigned last = sources.from;
    while (ready_[sources.op.source[last]] != ready) ++last;
    const u8 reg = sources.op.source[last];
    if (!has_wait_[reg]) return ready - skew;  // time without a span is Base
    const Wait& wait = waits_[reg];
    timeline_.add(Cause::Base, earliest);
    timeline_.add(wait.before, std::min(wait.split, ready) - std::min(skew, wait.split), wait.figure);
    timeline_.add(wait.after, ready - skew);
    return ready - skew;
}

void InOrderPipeline::hold_longer(Cause cause, u64 until, Figure figure) {
    timeline_.add(Cause::Base, group_.cycle());
    timeline_.add(cause, until, figure);
    group_.hold_until(until);
}

inline InOrderPipeline::Value InOrderPipeline::compute(const InOrderClass& c, u64 issued, u64 ready) {
    const u64 done = std::max(issued, ready) + c.timing.latency;
    if (c.blocks) hold(Cause::Base, done);
    return {done, {done, Cause::Base, Cause::Base, c.timing.figure}};
}

InOrderPipeline::Value InOrderPipeline::execute_other(const InstructionRecord& record, const InOrderClass& c,
                                                      u64 issued, u64 ready) {
    switch (c.timing.path) {
        case Path::Compute: return compute(c, issued, ready);
        case Path::Load: return load(record, c);
        case Path::ZeroBlock: {
            const u64 done = store(record, c, issued, ready);
            return {done, {done, Cause::Base, Cause::Base}};
        }
        case Path::SystemRead: {
            const u64 done = issued + registers_timing_.read(record.op->word);
            return {done, {done, Cause::Base, Cause::Base, Figure::Estimated}};
        }
        default:
            return c.timing.port == Port::Memory ? execute_memory(record, c, issued, ready)
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
        case Path::AddressTranslate:
            hold(Cause::Base, translate(record, issued) + c.timing.latency, Figure::Estimated);
            break;
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

void InOrderPipeline::resolve_and_pass(const InstructionRecord& record, u64 resolved, u64 before) {
    branches_.resolve(record, resolved, front_end_);
    pass<Kind::Branch>(record, before, group_.cycle());
}

void InOrderPipeline::charge_spans(const InstructionRecord& record, u64 before) {
    const u64 now = group_.cycle();
    timeline_.add(Cause::Base, now);
    account_.charge(record, timeline_, before, now);
    timeline_.restart(now);
}

void InOrderPipeline::begin_warm_up() {
    warm_up_.begin(group_.cycle());
}

void InOrderPipeline::end_warm_up() {
    const u64 cycle = warm_up_.end();
    skipped_ += cycle - group_.cycle();
    group_.hold_until(cycle);
    timeline_.restart(cycle);
    front_end_.redirect(Cause::Base, cycle);
    switch_el(el_);
}

}  // namespace emu
