#include "emu/timing/memory/memory_latency.h"

#include <algorithm>

namespace emu {

using mmu::Event;

namespace {

PrefetcherConfig if_on(const MemoryTimingConfig& m, PrefetcherConfig config) {
    if (!m.prefetch) config.kind = PrefetchKind::Off;
    return config;
}

}  // namespace

MemoryLatency::MemoryLatency(const TimingConfig& config)
    : l1d_latency_{config.memory.l1d_latency},
      atomic_latency_{config.core.latency.atomic.mid},
      l1d_{config.memory.l1d, kLineShift, config.memory.replacement_seed, Cache::Stamps::PerLine, kMemos},
      l1i_{config.memory.l1i, kLineShift, config.memory.replacement_seed, Cache::Stamps::None, kMemos},
      lower_{config, l1d_, floor_},
      misses_{static_cast<unsigned>(config.memory.l1d_misses.mid)},
      l1d_prefetcher_{if_on(config.memory, config.memory.l1d_prefetch)},
      l2_prefetcher_{if_on(config.memory, config.memory.l2_prefetch)},
      fetch_prefetch_{config.memory.prefetch ? config.memory.fetch_prefetch : 0},
      walk_prefetch_{config.memory.prefetch ? config.translation.walk_prefetch : 0},
      prefetch_in_mapping_{config.memory.prefetch_page == PrefetchPage::Mapping},
      write_through_{config.memory.l1d_write_through},
      walks_in_l2_{config.translation.walk_fetch == WalkFetch::L2},
      walks_first_{config.translation.walk_priority} {}

// A hit on a line that is still under way waits for it. If this access comes earlier in time than the one that asked
// for the line (an older instruction that was stalled, a prefetch), it would have asked itself: the fill moves forward.
MemoryLatency::Served MemoryLatency::hit_under_way(Cache::Place place, u64 line, u64 cycle) {
    Cache::Fill& fill = l1d_.fill(place);
    const u64 asked = fill.ready - fill.span;
    if (cycle < asked) fill.ready -= asked - cycle;
    const bool waits = fill.ready > cycle + l1d_latency_;
    const Served served{std::max(fill.ready, cycle + l1d_latency_), waits ? fill.level : Cause::L1d};
    if (!place.unused()) return served;
    place.mark_used();
    count(Event::SIM_PREFETCH_USEFUL);
    if (waits) count(Event::SIM_PREFETCH_LATE);
    train_l1d(line, cycle);
    return served;
}

MemoryLatency::Served MemoryLatency::miss(u64 line, u64 cycle, bool is_write, Use use) {
    if (is_write && line == streamed_line_) return {cycle + l1d_latency_, Cause::L1d};
    count(Event::L1D_CACHE_REFILL);
    const bool is_walk = use != Use::Data;
    const u64 start = is_walk && walks_first_ ? cycle : misses_.free_from(cycle, floor_);
    const LowerLevels::Found found = lower_.read(line, start, use);
    misses_.occupy(start, found.ready);
    const Cache::Fill fill{found.ready, static_cast<u32>(found.ready - cycle), found.level};
    const u64 room = fill_l1d(line, fill, found.dirty || (is_write && !write_through_), false);
    if (is_write && write_through_) lower_.write_through(line, cycle);
    if (is_walk) {
        prefetch_behind(line, start, walk_prefetch_);
    } else {
        if (found.trains) train_l2(line, start);
        train_l1d(line, start);
    }
    return {std::max(found.ready, room), found.level};
}

u64 MemoryLatency::fill_l1d(u64 line, const Cache::Fill& fill, bool dirty, bool unused) {
    const auto [place, left] = l1d_.insert(line, dirty, unused);
    l1d_.fill(place) = fill;
    return left.valid ? lower_.take_from_l1d(left, fill.ready - fill.span) : 0;
}

u64 MemoryLatency::claim(u64 pa, u64 cycle, u64 streamed) {
    const u64 line = line_of(pa);
    count(Event::L1D_CACHE);
    if (const Cache::Place place = l1d_.find(line)) {
        if (write_through_) return lower_.write_through(line, cycle);
        place.make_dirty();
        return cycle;
    }
    if (lower_.streams_past_l1d(streamed)) {
        streamed_line_ = line;
        return lower_.write_line(line, streamed, cycle);
    }
    u64 taken = std::max(cycle, lower_.prepare_claim(line, cycle));
    taken = std::max(taken, fill_l1d(line, {cycle, 0, Cause::L1d}, !write_through_, false));
    return write_through_ ? std::max(taken, lower_.write_through(line, cycle)) : taken;
}

// By way of L1D as a load, or in L2; where L1D has the line L2 takes it from there in its own time (assumed).
MemoryLatency::Served MemoryLatency::walk_access(u64 pa, u64 cycle, bool is_write) {
    const u64 line = line_of(pa);
    if (!walks_in_l2_) return access(line, cycle, is_write, Use::WalkThroughL1d);
    if (const Cache::Place place = l1d_.find(line)) {
        count(Event::L2D_CACHE);
        if (is_write) place.make_dirty();
        return {std::max(l1d_.fill(place).ready, cycle + lower_.l2_latency()), Cause::L2};
    }
    const LowerLevels::Found found = lower_.read(line, cycle, Use::WalkInL2);
    if (is_write) lower_.write_through(line, cycle);
    prefetch_behind(line, cycle, walk_prefetch_);
    return {found.ready, found.level};
}

MemoryLatency::Served MemoryLatency::update_descriptor(u64 pa, u64 cycle) {
    const Served served = walk_access(pa, cycle, true);
    return {served.ready - l1d_latency_ + atomic_latency_, served.level};
}

MemoryLatency::Served MemoryLatency::fetch_miss(u64 line, u64 cycle) {
    count(Event::L1I_CACHE_REFILL);
    (void)l1i_.insert(line, false);
    const LowerLevels::Found found = lower_.read(line, cycle, Use::Fetch);
    if (found.trains) {
        reach_shift_ = kSmallestPage;
        prefetch_behind(line, cycle, fetch_prefetch_);
    }
    return {found.ready, found.level};
}

MemoryLatency::Served MemoryLatency::uncached(u64 cycle) {
    const u64 queued = lower_.reserve_channel(cycle) - cycle;
    return {cycle + lower_.dram_latency() + queued, Cause::Dram};
}

Prefetcher::Trigger MemoryLatency::trigger(u64 line) const {
    const unsigned reach = prefetch_in_mapping_ ? std::max(reach_shift_, kSmallestPage) : kSmallestPage;
    const u64 others = (u64{1} << (reach - kLineShift)) - 1;
    return {line, pc_, line & ~others, line | others};
}

void MemoryLatency::train_l1d(u64 line, u64 cycle) {
    if (!l1d_prefetcher_.is_on()) return;
    const Prefetcher::Burst burst = l1d_prefetcher_.next(trigger(line));
    u64 next = burst.first;
    for (unsigned i = 0; i < burst.count; ++i, next += static_cast<u64>(burst.step)) prefetch_into_l1d(next, cycle);
}

void MemoryLatency::train_l2(u64 line, u64 cycle) {
    if (!l2_prefetcher_.is_on()) return;
    const Prefetcher::Burst burst = l2_prefetcher_.next(trigger(line));
    u64 next = burst.first;
    for (unsigned i = 0; i < burst.count; ++i, next += static_cast<u64>(burst.step)) lower_.prefetch(next, cycle);
}

// Dropped where a demand miss would have to queue.
void MemoryLatency::prefetch_into_l1d(u64 line, u64 cycle) {
    if (l1d_.holds(line) || misses_.free_from(cycle, floor_) != cycle || !lower_.reads_at_once(line, cycle)) return;
    count(Event::SIM_PREFETCH_ISSUED);
    const LowerLevels::Found found = lower_.read(line, cycle, Use::Data);
    misses_.occupy(cycle, found.ready);
    (void)fill_l1d(line, {found.ready, static_cast<u32>(found.ready - cycle), found.level}, found.dirty, true);
    if (found.trains) train_l2(line, cycle);
}

// Into L2: the lines that follow in the same page.
void MemoryLatency::prefetch_behind(u64 line, u64 cycle, unsigned lines) {
    const u64 last = trigger(line).last;
    for (u64 next = line + 1; next <= line + lines && next <= last; ++next) lower_.prefetch(next, cycle);
}

}  // namespace emu
