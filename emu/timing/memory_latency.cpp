#include "emu/timing/memory_latency.h"

#include <algorithm>

namespace emu {

namespace {

// Lines that the channel moves per bucket of cycles, at least one.
unsigned lines_per_bucket(const TimingConfig& config) {
    const double bucket_ns = 1000.0 * (1 << MemoryLatency::kDramBucketShift) / static_cast<double>(config.core.frequency_mhz);
    const double lines = config.memory.dram_gb_per_s * bucket_ns / static_cast<double>(kLineBytes);
    return std::clamp(static_cast<unsigned>(lines + 0.5), 1U, 255U);
}

}  // namespace

MemoryLatency::MemoryLatency(const TimingConfig& config)
    : l1d_latency_{config.memory.l1d_latency},
      l2_latency_{config.memory.l2_latency},
      llc_latency_{config.cycles_of_ns(config.memory.llc_latency_ns)},
      dram_latency_{config.cycles_of_ns(config.memory.dram_latency_ns)},
      l1d_{config.memory.l1d.size, config.memory.l1d.ways},
      l1i_{config.memory.l1i.size, config.memory.l1i.ways},
      l2_{config.memory.l2.size, config.memory.l2.ways},
      llc_{config.memory.llc.size, config.memory.llc.ways},
      misses_{static_cast<unsigned>(config.memory.l1d_misses.mid)},
      dram_channel_{lines_per_bucket(config)},
      bank_{nullptr} {}

// A hit on a line that is still under way waits for it. If this access comes earlier in time than the one that asked
// for the line (an older instruction that was stalled), it would have asked itself: the fill moves forward.
MemoryLatency::Served MemoryLatency::hit(L1d::Entry& entry, u64 cycle) {
    Fill& fill = entry.payload;
    if (cycle < fill.asked) {
        fill.ready -= fill.asked - cycle;
        fill.asked = cycle;
    }
    return {std::max(fill.ready, cycle + l1d_latency_), fill.level};
}

MemoryLatency::Served MemoryLatency::miss(u64 line, u64 cycle, bool is_write) {
    count(mmu::Event::L1D_CACHE_REFILL);
    const u64 start = misses_.free_from(cycle, floor_);
    const Served served = beyond_l1(line, start);
    misses_.occupy(start, served.ready);
    fill_l1d(line, {cycle, served.ready, served.level}, is_write);
    return served;
}

MemoryLatency::Served MemoryLatency::beyond_l1(u64 line, u64 cycle) {
    last_cycle_ = cycle;
    count(mmu::Event::L2D_CACHE);
    if (l2_.find(line) != nullptr) return {cycle + l2_latency_, Cause::L2};
    count(mmu::Event::L2D_CACHE_REFILL);
    count(mmu::Event::LL_CACHE_RD);
    fill_l2(line);
    if (llc_.find(line) != nullptr) return {cycle + llc_latency_, Cause::Llc};
    count(mmu::Event::LL_CACHE_MISS_RD);
    fill_llc(line, false);
    const u64 at_channel = cycle + llc_latency_;
    const u64 queued = dram_channel_.reserve(at_channel) - at_channel;
    return {cycle + std::max(dram_latency_, llc_latency_) + queued, Cause::Dram};
}

MemoryLatency::Served MemoryLatency::uncached(u64 cycle) {
    const u64 queued = dram_channel_.reserve(cycle) - cycle;
    return {cycle + dram_latency_ + queued, Cause::Dram};
}

void MemoryLatency::claim(u64 pa, u64 cycle) {
    const u64 line = line_of(pa);
    count(mmu::Event::L1D_CACHE);
    if (L1d::Entry* entry = l1d_.find(line)) {
        entry->make_dirty();
        return;
    }
    last_cycle_ = cycle;
    if (l2_.find(line) == nullptr) fill_l2(line);
    fill_l1d(line, {cycle, cycle, Cause::L1d}, true);
}

MemoryLatency::Served MemoryLatency::fetch(u64 pa, u64 cycle) {
    const u64 line = line_of(pa);
    count(mmu::Event::L1I_CACHE);
    if (l1i_.find(line) != nullptr) return {cycle, Cause::L1d};
    count(mmu::Event::L1I_CACHE_REFILL);
    l1i_.insert(line);
    return beyond_l1(line, cycle);
}

void MemoryLatency::fill_l1d(u64 line, Fill fill, bool dirty) {
    const L1d::Entry victim = l1d_.insert(line, dirty, fill);
    if (!victim.valid() || !victim.dirty()) return;
    if (auto* below = l2_.find(victim.line())) below->make_dirty();
}

void MemoryLatency::fill_l2(u64 line) {
    const auto victim = l2_.insert(line);
    if (!victim.valid()) return;
    const bool dirty_above = l1d_.remove(victim.line()).dirty();
    if (!victim.dirty() && !dirty_above) return;
    if (auto* below = llc_.find(victim.line()))
        below->make_dirty();
    else
        fill_llc(victim.line(), true);
}

// The victim's write to DRAM is posted: it takes the channel's time, and nobody waits for it.
void MemoryLatency::fill_llc(u64 line, bool dirty) {
    const auto victim = llc_.insert(line, dirty);
    if (victim.valid() && victim.dirty()) dram_channel_.reserve(last_cycle_ + llc_latency_);
}

}  // namespace emu
