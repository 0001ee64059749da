#include "emu/timing/prefetcher.h"

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
        s = {trigger.pc, trigger.line, s.pc == trigger.pc ? step : 0, 1, 0, 0};
        return {};
    }
    s.last = trigger.line;
    if (step == 0) return {};
    s.confirmed = std::min(s.confirmed + 1, kConfirmations);
    s.ahead -= std::min(s.ahead, 1U);
    return advance(s, trigger);
}

// The stream whose last access was near, or else the one used least recently, which begins anew here.
Prefetcher::Sequence& Prefetcher::stream_of(const Trigger& trigger) {
    Sequence* oldest = &streams_[0];
    for (Sequence& s : streams_) {
        const i64 step = static_cast<i64>(trigger.line - s.last);
        if (s.used != 0 && -kWindow <= step && step <= kWindow && s.last >= trigger.first && s.last <= trigger.last)
            return s;
        if (s.used < oldest->used) oldest = &s;
    }
    *oldest = {0, trigger.line, 0, 0, 0, 0};
    return *oldest;
}

Prefetcher::Burst Prefetcher::next_in_stream(const Trigger& trigger) {
    Sequence& s = stream_of(trigger);
    s.used = ++clock_;
    const i64 moved = static_cast<i64>(trigger.line - s.last);
    if (moved == 0) return {};
    const i64 step = moved > 0 ? 1 : -1;
    if (step != s.step) {
        s.confirmed = s.ahead = 0;
        s.step = step;
    }
    s.last = trigger.line;
    s.confirmed = std::min(s.confirmed + 1, kConfirmations);
    s.ahead -= std::min(s.ahead, static_cast<unsigned>(moved * step));
    return advance(s, trigger);
}

}  // namespace emu
