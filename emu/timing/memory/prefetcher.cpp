#include "emu/timing/memory/prefetcher.h"

#include <algorithm>

namespace emu {

namespace {

using arch::i64;

// How many of `count` steps from `line` on stay between the trigger's limits.
unsigned inside(const Prefetcher::Trigger& t, u64 line, i64 step, unsigned count) {
    if (line < t.first || line > t.last) return 0;
    const u64 room = step > 0 ? (t.last - line) / static_cast<u64>(step) : (line - t.first) / static_cast<u64>(-step);
    return static_cast<unsigned>(std::min<u64>(count, room + 1));
}

}  // namespace

Prefetcher::Burst Prefetcher::next(const Trigger& trigger) {
    switch (config_.kind) {
        case PrefetchKind::NextLine: return {trigger.line + 1, 1, inside(trigger, trigger.line + 1, 1, config_.degree)};
        case PrefetchKind::Stride: return next_stride(trigger);
        case PrefetchKind::Stream: return next_in_stream(trigger);
        case PrefetchKind::Off: break;
    }
    return {};
}

// What is still missing up to the distance, at most `degree` of it.
Prefetcher::Burst Prefetcher::advance(Sequence& s, const Trigger& trigger) {
    if (s.confirmed < kConfirmations) return {};
    const unsigned wanted = std::min(config_.degree, config_.distance - std::min(s.ahead, config_.distance));
    const u64 first = trigger.line + static_cast<u64>(s.step * (i64{s.ahead} + 1));
    const unsigned count = inside(trigger, first, s.step, wanted);
    s.ahead += count;
    return {first, s.step, count};
}

Prefetcher::Burst Prefetcher::next_stride(const Trigger& trigger) {
    Sequence& s = by_pc_[(trigger.pc >> 2 ^ trigger.pc >> 8) % by_pc_.size()];
    const i64 step = static_cast<i64>(trigger.line - s.last);
    if (s.pc != trigger.pc || step != s.step) {
        s = {trigger.pc, trigger.line, s.pc == trigger.pc ? step : 0, 1, 0};
        return {};
    }
    s.last = trigger.line;
    if (step == 0) return {};
    s.confirmed = std::min(s.confirmed + 1, kConfirmations);
    s.ahead -= std::min(s.ahead, 1U);
    return advance(s, trigger);
}

// The stream whose last access was near, or else the one used least recently, which begins anew here.
std::size_t Prefetcher::stream_of(const Trigger& trigger) {
    for (std::size_t i = 0; i < kStreams; ++i) {
        const u64 last = last_lines_[i];
        if (trigger.line - last + kWindow <= 2 * kWindow && trigger.first <= last && last <= trigger.last) return i;
    }
    const std::size_t oldest = order_ >> (kStreams - 1) * 4;
    streams_[oldest] = {};
    last_lines_[oldest] = trigger.line;
    return oldest;
}

Prefetcher::Burst Prefetcher::next_in_stream(const Trigger& trigger) {
    const std::size_t stream = stream_of(trigger);
    order_ = cache_set::with_youngest(order_, static_cast<unsigned>(stream));
    Sequence& s = streams_[stream];
    const i64 moved = static_cast<i64>(trigger.line - last_lines_[stream]);
    if (moved == 0) return {};
    const i64 step = moved > 0 ? 1 : -1;
    if (step != s.step) {
        s.confirmed = s.ahead = 0;
        s.step = step;
    }
    last_lines_[stream] = trigger.line;
    s.confirmed = std::min(s.confirmed + 1, kConfirmations);
    s.ahead -= std::min(s.ahead, static_cast<unsigned>(moved * step));
    return advance(s, trigger);
}

}  // namespace emu
