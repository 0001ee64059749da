#include "tests/timing/instruction_stream.h"

#include <algorithm>

namespace timing_test {

namespace {

constexpr u64 kCodeStart = 0x1000;
constexpr u64 kCodeEnd = 0x2000;  // straight code wraps here

}  // namespace

LookupRecord l1_hit(arch::u16 l1_slot) {
    LookupRecord lookup;
    lookup.source = LookupRecord::Source::L1Hit;
    lookup.l1_slot = l1_slot;
    return lookup;
}

LookupRecord l2_hit(arch::u16 l1_slot, arch::u16 l2_slot) {
    LookupRecord lookup = l1_hit(l1_slot);
    lookup.source = LookupRecord::Source::L2Hit;
    lookup.l2_slot = l2_slot;
    return lookup;
}

LookupRecord walk(std::initializer_list<u64> descriptors, arch::u16 l1_slot, arch::u16 l2_slot) {
    LookupRecord lookup = l2_hit(l1_slot, l2_slot);
    lookup.source = LookupRecord::Source::Walk;
    for (const u64 pa : descriptors) lookup.steps[lookup.step_count++] = {pa, 0, 0, false, false};
    return lookup;
}

Instruction alu(u8 result, std::initializer_list<u8> sources) {
    return {OpClass::Alu, {result}, sources};
}
Instruction nop() {
    return {OpClass::Hint, {}, {}};
}
Instruction load(u8 result, u8 base) {
    return {OpClass::Load, {result}, {base}};
}
Instruction store(u8 data, u8 base) {
    return {OpClass::Store, {}, {base, data}};
}

TimingConfig without_prefetch() {
    TimingConfig config;
    config.memory.prefetch = false;
    return config;
}

Stream::Stream(const TimingConfig& config, FunctionTable functions)
    : pipeline_{config, counters_, std::move(functions)} {
    next_fetch_ = l1_hit();
    for (u64 pc = kCodeStart; pc < kCodeEnd; pc += 4) run(nop());
}

InstructionRecord& Stream::begin(const Instruction& i) {
    OpTiming& timing = op_.timing;
    timing = {};
    timing.op_class = i.op_class;
    timing.result_count = static_cast<u8>(i.results.size());
    timing.source_count = static_cast<u8>(i.sources.size());
    std::copy(i.results.begin(), i.results.end(), timing.result);
    std::copy(i.sources.begin(), i.sources.end(), timing.source);
    op_.word = i.word;
    record_.op = &op_;
    record_.pc = record_.fetch_pa = pc_;
    record_.el = el_;
    record_.taken = record_.exception = record_.tlbi_valid = false;
    record_.exception_class = 0;
    record_.access_count = 0;
    record_.fetch_looked_up = pc_ >> 4 != fetched_group_;
    record_.fetch = next_fetch_;
    next_fetch_ = l1_hit();
    return record_;
}

void Stream::end(u64 next_pc) {
    record_.next_pc = next_pc;
    pipeline_.visit([this](auto& model) { warming_ ? model.warm(record_) : model.consume(record_); });
    fetched_group_ = next_pc == pc_ + 4 ? pc_ >> 4 : ~u64{0};
    pc_ = next_pc == kCodeEnd ? kCodeStart : next_pc;
}

void Stream::attach(const Access& access) {
    const unsigned i = record_.access_count++;
    record_.lookups[i] = access.lookup.source == LookupRecord::Source::None ? l1_hit() : access.lookup;
    DataAccess& out = record_.access[i];
    out.va = out.pa = access.pa;
    out.bytes = access.bytes;
    out.memory_attr = access.memory_attr;
    out.kind = op_.timing.op_class == OpClass::DcZva ? mmu::AccessKind::ZeroBlock : mmu::AccessKind::Load;
    out.lookup = &record_.lookups[i];
}

void Stream::run(const Instruction& i) {
    begin(i);
    end(pc_ + 4);
}

void Stream::run(const Instruction& i, const Access& access) {
    begin(i);
    attach(access);
    end(pc_ + 4);
}

void Stream::branch(OpClass op_class, u64 target, bool taken, u8 source) {
    Instruction i{op_class, {}, {}};
    if (source != kRegDiscard) i.sources.push_back(source);
    begin(i).taken = taken;
    end(taken ? target : pc_ + 4);
}

void Stream::exception(u64 vector) {
    InstructionRecord& record = begin({OpClass::ExceptionGen, {}, {}});
    record.exception = true;
    record.exception_class = 0x15;
    end(vector);
    el_ = 1;
}

void Stream::interrupt(u64 vector) {
    InstructionRecord& record = begin(nop());
    record.exception = true;
    record.exception_class = 0xff;
    end(vector);
    el_ = 1;
}

void Stream::eret(u64 target, u8 el) {
    begin({OpClass::Eret, {}, {}}).taken = true;
    end(target);
    el_ = el;
}

void Stream::tlbi(arch::Shareability shareability, bool range) {
    InstructionRecord& record = begin({OpClass::Tlbi, {}, {}});
    record.tlbi_valid = true;
    record.tlbi.shareability = shareability;
    record.tlbi.is_range = range;
    end(pc_ + 4);
}

void Stream::dsb(BarrierDomain domain, BarrierTypes types) {
    InstructionRecord& record = begin({OpClass::Dsb, {}, {}});
    record.domain = domain;
    record.types = types;
    end(pc_ + 4);
}

void Stream::dmb(BarrierTypes types) {
    begin({OpClass::Dmb, {}, {}}).types = types;
    end(pc_ + 4);
}

void Stream::begin_warm_up() {
    pipeline_.visit([](auto& model) { model.begin_warm_up(); });
    warming_ = true;
}

void Stream::end_warm_up() {
    pipeline_.visit([](auto& model) { model.end_warm_up(); });
    warming_ = false;
}

void Stream::fetch_by(const LookupRecord& lookup) {
    next_fetch_ = lookup;
    fetched_group_ = ~u64{0};
}

}  // namespace timing_test
