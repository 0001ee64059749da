#include "emu/timing/memory/lower_levels.h"

#include <algorithm>

namespace emu {

using mmu::Event;

namespace {

u64 last_line_bytes(const MemoryTimingConfig& m) {
    if (m.llc.size != 0) return m.llc.line;
    return m.l3.size != 0 ? m.l3.line : m.l2.line;
}

}  // namespace

LowerLevels::LowerLevels(const TimingConfig& config, Cache& l1d, const u64& floor)
    : l1d_{l1d},
      dram_latency_{config.cycles_of_ns(config.memory.dram_latency_ns)},
      dram_stream_bytes_{config.memory.dram_stream_bytes},
      misses_{static_cast<unsigned>(config.memory.l2_misses.mid)},
      channel_{config, last_line_bytes(config.memory)},
      write_buffer_cycles_{channel_.cycles_of(config.memory.write_buffer.mid)},
      walks_first_{config.translation.walk_priority},
      floor_{floor} {
    add_level(config, config.memory.l2, config.memory.l2_latency, Cause::L2);
    add_level(config, config.memory.l3, config.memory.l3_latency, Cause::L3);
    add_level(config, config.memory.llc, config.cycles_of_ns(config.memory.llc_latency_ns), Cause::Llc);
    note_stream(dram_stream_bytes_);
}

void LowerLevels::add_level(const TimingConfig& config, const LowerCacheConfig& level, u64 latency, Cause cause) {
    if (level.size == 0) return;
    const unsigned line_shift = static_cast<unsigned>(std::countr_zero(level.line));
    const auto stamps = levels_.empty() ? Cache::Stamps::PerLine : Cache::Stamps::None;
    levels_.push_back({Cache{level, line_shift, config.memory.replacement_seed, stamps}, latency, cause,
                       level.inclusion, line_shift - kLineShift, level.stream_bytes});
    deepest_latency_ = std::max(deepest_latency_, latency);
    note_stream(level.stream_bytes);
}

void LowerLevels::count_read(const Level& level, bool hit) {
    if (level.cause == Cause::L3) {
        count(Event::L3D_CACHE);
        if (!hit) count(Event::L3D_CACHE_REFILL);
    }
    if (&level != &levels_.back()) return;
    count(Event::LL_CACHE_RD);
    if (!hit) count(Event::LL_CACHE_MISS_RD);
}

void LowerLevels::expect_miss(u64 line) const {
    const Level& l2 = levels_[0];
    const auto leaves = l2.cache.next_to_leave(line >> l2.shift);
    for (std::size_t n = 1; n < levels_.size(); ++n) {
        const Level& level = levels_[n];
        level.cache.expect(line >> level.shift);
        if (leaves) level.cache.expect(*leaves << l2.shift >> level.shift);
    }
}

LowerLevels::Found LowerLevels::read(u64 line, u64 cycle, Use use) {
    begin(cycle);
    count(Event::L2D_CACHE);
    const bool to_l1d = use == Use::Data || use == Use::WalkThroughL1d;
    Level& l2 = levels_[0];
    if (const Cache::Place place = l2.cache.find(line >> l2.shift)) return hit_l2(place, line, cycle, to_l1d);
    count(Event::L2D_CACHE_REFILL);
    const bool first = walks_first_ && (use == Use::WalkThroughL1d || use == Use::WalkInL2);
    now_ = first ? cycle : misses_.free_from(cycle, floor_);
    const u64 start = now_;
    Found found = beyond_l2(line, start);
    misses_.occupy(start, found.ready);
    if (!to_l1d || l2.inclusion != Inclusion::Exclusive) fill_l2(line, cycle, found, false);
    found.ready = std::max(found.ready, room_from_);
    return found;
}

// A line under way is waited for. If this access comes earlier in time than the one that asked for it (an older
// instruction that was stalled, a prefetch), it would have asked itself: the fill moves forward.
LowerLevels::Found LowerLevels::hit_l2(const Cache::Place& place, u64 line, u64 cycle, bool to_l1d) {
    Level& l2 = levels_[0];
    Cache::Fill& fill = l2.cache.fill(place);
    Found found{cycle + l2.latency, Cause::L2, false, place.unused()};
    if (fill.ready > found.ready) {
        const u64 asked = fill.ready - fill.span;
        if (cycle < asked) fill.ready -= asked - cycle;
        if (place.unused() && fill.ready > found.ready) count(Event::SIM_PREFETCH_LATE);
        if (fill.ready > found.ready) found = {fill.ready, fill.level, false, found.trains};
    }
    if (place.unused()) {
        count(Event::SIM_PREFETCH_USEFUL);
        place.mark_used();
    }
    if (to_l1d && l2.inclusion == Inclusion::Exclusive) found.dirty = l2.cache.remove(line >> l2.shift).dirty;
    return found;
}

LowerLevels::Found LowerLevels::beyond_l2(u64 line, u64 cycle) {
    for (std::size_t n = 1; n < levels_.size(); ++n) {
        Level& level = levels_[n];
        const Cache::Place place = level.cache.find(line >> level.shift);
        count_read(level, bool{place});
        if (!place) continue;
        Found found{cycle + level.latency, level.cause, false, true};
        if (level.inclusion == Inclusion::Exclusive) found.dirty = level.cache.remove(line >> level.shift).dirty;
        return fill_between(line, n, found);
    }
    return fill_between(line, levels_.size(), from_dram(cycle));
}

LowerLevels::Found LowerLevels::from_dram(u64 cycle) {
    count(Event::SIM_DRAM_READ);
    const u64 at_channel = cycle + deepest_latency_;
    const u64 queued = channel_.reserve(at_channel) - at_channel;
    return {cycle + std::max(dram_latency_, deepest_latency_) + queued, Cause::Dram, false, true};
}

// The levels between L2 and where the line was take a copy. A dirty line stays dirty in one place.
LowerLevels::Found LowerLevels::fill_between(u64 line, std::size_t below, Found found) {
    for (std::size_t n = below; --n > 0;) {
        if (levels_[n].inclusion == Inclusion::Exclusive) continue;
        fill(n, line, found.dirty);
        found.dirty = false;
    }
    return found;
}

void LowerLevels::fill_l2(u64 line, u64 asked, Found& found, bool unused) {
    const Cache::Place place = fill(0, line, found.dirty, unused);
    levels_[0].cache.fill(place) = {found.ready, static_cast<u32>(found.ready - asked), found.level};
    found.dirty = false;
}

bool LowerLevels::reads_at_once(u64 line, u64 cycle) {
    Level& l2 = levels_[0];
    return l2.cache.holds(line >> l2.shift) || misses_.free_from(cycle, floor_) == cycle;
}

void LowerLevels::prefetch(u64 line, u64 cycle) {
    Level& l2 = levels_[0];
    if (l2.cache.holds(line >> l2.shift) || misses_.free_from(cycle, floor_) != cycle) return;
    if (l2.inclusion == Inclusion::Exclusive && l1d_.holds(line)) return;
    begin(cycle);
    count(Event::SIM_PREFETCH_ISSUED);
    count(Event::L2D_CACHE_REFILL);
    Found found = beyond_l2(line, cycle);
    misses_.occupy(cycle, found.ready);
    fill_l2(line, cycle, found, true);
}

Cache::Place LowerLevels::fill(std::size_t n, u64 line, bool dirty, bool unused) {
    Level& level = levels_[n];
    const auto [place, left] = level.cache.insert(line >> level.shift, dirty, unused);
    if (!left.valid) return place;
    if (left.unused) count(Event::SIM_PREFETCH_USELESS);
    const u64 first = left.line << level.shift;
    bool left_dirty = left.dirty;
    if (level.inclusion == Inclusion::Inclusive) left_dirty |= drop_above(n, first, u64{1} << level.shift);
    leave(n + 1, first, left_dirty);
    return place;
}

// A line that left the level above goes to this one; below the last level is DRAM.
void LowerLevels::leave(std::size_t n, u64 line, bool dirty) {
    if (n == levels_.size()) {
        if (dirty) write_back();
        return;
    }
    Level& level = levels_[n];
    if (!dirty && level.inclusion != Inclusion::Exclusive) return;
    if (const Cache::Place place = level.cache.find(line >> level.shift)) {
        if (dirty) place.make_dirty();
        return;
    }
    fill(n, line, dirty);
}

// Takes `count` lines of L1 out of all levels above; true if one was dirty.
bool LowerLevels::drop_above(std::size_t n, u64 first, u64 count_of_lines) {
    bool dirty = false;
    const auto drop = [&](Cache& cache, u64 line) {
        const Cache::Left left = cache.remove(line);
        dirty |= left.dirty;
        if (left.unused) count(Event::SIM_PREFETCH_USELESS);
    };
    for (u64 line = first; line < first + count_of_lines; ++line) drop(l1d_, line);
    for (std::size_t above = 0; above < n; ++above) {
        Level& level = levels_[above];
        for (u64 line = first; line < first + count_of_lines; line += u64{1} << level.shift)
            drop(level.cache, line >> level.shift);
    }
    return dirty;
}

// The write to DRAM is posted: it takes the channel's time, and a place in the write buffer until then. Who needs a
// place in a full buffer waits, until so much of what the channel has to do is done that the rest fits.
void LowerLevels::write_back() {
    count(Event::SIM_DRAM_WRITE);
    const u64 arrives = now_ + deepest_latency_;
    const u64 queued = channel_.reserve(arrives) - arrives;
    if (queued > write_buffer_cycles_) room_from_ = std::max(room_from_, now_ + queued - write_buffer_cycles_);
}

u64 LowerLevels::take_from_l1d(const Cache::Left& left, u64 cycle) {
    begin(cycle);
    if (left.unused) count(Event::SIM_PREFETCH_USELESS);
    leave(0, left.line, left.dirty);
    return room_from_;
}

// Below `n`, so that the line is held by inclusive levels and by no exclusive one; the lowest first, for a level that
// makes room must not drop it again.
void LowerLevels::drop_copies_below(std::size_t n, u64 line) {
    for (std::size_t below = levels_.size(); below-- > n;) {
        Level& level = levels_[below];
        if (level.inclusion == Inclusion::Exclusive) (void)level.cache.remove(line >> level.shift);
        if (level.inclusion == Inclusion::Inclusive && !level.cache.holds(line >> level.shift)) fill(below, line, false);
    }
}

u64 LowerLevels::prepare_claim(u64 line, u64 cycle) {
    begin(cycle);
    drop_copies_below(0, line);
    return room_from_;
}

std::size_t LowerLevels::stream_level(u64 streamed) const {
    if (dram_stream_bytes_ != 0 && streamed >= dram_stream_bytes_) return levels_.size();
    std::size_t n = levels_.size() - 1;
    while (n > 0 && (levels_[n].stream_bytes == 0 || streamed < levels_[n].stream_bytes)) --n;
    return n;
}

u64 LowerLevels::write_line(u64 line, u64 streamed, u64 cycle) {
    begin(cycle);
    count(Event::SIM_LINE_STREAMED);
    const std::size_t target = stream_level(streamed);
    for (std::size_t n = 0; n < levels_.size() && n <= target; ++n) {
        const Cache::Place place = levels_[n].cache.find(line >> levels_[n].shift);
        if (!place) continue;
        place.make_dirty();
        return room_from_;
    }
    if (target == levels_.size()) {
        write_back();
        return room_from_;
    }
    drop_copies_below(target + 1, line);
    fill(target, line, true);
    return room_from_;
}

u64 LowerLevels::write_through(u64 line, u64 cycle) {
    begin(cycle);
    count(Event::L2D_CACHE);
    leave(0, line, true);
    return room_from_;
}

}  // namespace emu
