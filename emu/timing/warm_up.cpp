#include "emu/timing/warm_up.h"

#include <algorithm>

namespace emu {

namespace {

std::array<Path, kOpClassCount> paths_of(const CoreTimingConfig& config) {
    const ClassTimings timings = class_timings(config);
    std::array<Path, kOpClassCount> out;
    for (std::size_t i = 0; i < kOpClassCount; ++i) out[i] = timings[i].path;
    return out;
}

}  // namespace

WarmUp::WarmUp(const CoreTimingConfig& config, MemoryLatency& memory, TranslationTiming& translation, LoadStoreUnit& unit,
               BranchUnit& branches)
    : paths_{paths_of(config)}, memory_{memory}, translation_{translation}, unit_{unit}, branches_{branches} {
    unseen_.restart(~u64{0});
}

void WarmUp::begin(u64 cycle) {
    cycle_ = cycle;
    memory_.count_in(uncounted_);
    translation_.count_in(uncounted_);
    unit_.count_in(uncounted_);
}

void WarmUp::consume(const InstructionRecord& record) {
    if (is_interrupt(record)) return;
    ++cycle_;
    memory_.set_floor(cycle_);
    translation_.set_floor(cycle_);
    if (record.fetch_looked_up) {
        cycle_ = translation_.fetch(record.fetch, cycle_, unseen_);
        if (!record.fetch.faulted) cycle_ = memory_.fetch(record.fetch_pa, cycle_).ready;
    }
    const Path path = paths_[static_cast<std::size_t>(record.op->timing.op_class)];
    if (path == Path::Branch) branches_.learn(record);
    if (record.access_count != 0) access(record, path);
}

void WarmUp::access(const InstructionRecord& record, Path path) {
    const bool exchanges = path == Path::Atomic || path == Path::StoreExclusive;
    memory_.set_pc(record.pc);
    for (unsigned i = 0; i < record.access_count; ++i) {
        const DataAccess& access = record.access[i];
        cycle_ = translation_.data(access.lookup, cycle_, unseen_);
        if (faulted(access) || is_device(access.memory_attr) || !is_cacheable(access.memory_attr)) continue;
        if (exchanges) cycle_ = unit_.exchange(access, cycle_, 1, unseen_).ready;
        if (path == Path::Load || path == Path::Prefetch) read(access);
    }
    if (!exchanges && path != Path::Store && path != Path::ZeroBlock) return;
    unit_.drain(record, path, cycle_, cycle_);
    cycle_ = std::max(cycle_, unit_.stores().drained());
}

void WarmUp::read(const DataAccess& access) {
    const unsigned reach = reach_of(access);
    cycle_ = std::max(cycle_, memory_.read(access.pa, cycle_, reach).ready);
    if (crosses_line(access)) cycle_ = std::max(cycle_, memory_.read(access.pa + access.bytes - 1, cycle_, reach).ready);
}

u64 WarmUp::end() { return std::max(cycle_, unit_.stores().drained()) + 1; }

}  // namespace emu
