// Which lines a hardware prefetcher would ask for. It sees misses and first uses of prefetched lines, in program order,
// and stays inside what it is told to: it knows nothing of other pages. No core's prefetcher is published; these are
// the textbook ones.
#pragma once

#include <array>

#include "emu/timing/memory/cache_config.h"
#include "emu/timing/memory/cache_set.h"

namespace emu {

class Prefetcher {
public:
    // An access to `line` by the instruction at `pc`; lines from `first` to `last` may be prefetched.
    struct Trigger {
        u64 line;
        u64 pc;
        u64 first;
        u64 last;
    };
    // `count` lines: first, first + step, ...
    struct Burst {
        u64 first{0};
        arch::i64 step{0};
        unsigned count{0};
    };

    explicit Prefetcher(const PrefetcherConfig& config) : config_{config} { last_lines_.fill(kNone); }

    [[nodiscard]] bool is_on() const { return config_.kind != PrefetchKind::Off; }
    [[nodiscard]] Burst next(const Trigger& trigger);

private:
    // A sequence of accesses that are `step` lines apart; lines up to `ahead` steps from the last one are asked for.
    struct Sequence {
        u64 pc{0};
        u64 last{0};
        arch::i64 step{0};
        unsigned confirmed{0};
        unsigned ahead{0};
    };
    static constexpr unsigned kConfirmations = 2;
    static constexpr u64 kWindow = 4;     // lines between two accesses of one stream at most
    static constexpr u64 kNone = ~u64{0};  // no line
    static constexpr std::size_t kStreams = cache_set::kMaxWays;

    [[nodiscard]] Burst next_stride(const Trigger& trigger);
    [[nodiscard]] Burst next_in_stream(const Trigger& trigger);
    [[nodiscard]] std::size_t stream_of(const Trigger& trigger);
    [[nodiscard]] Burst advance(Sequence& sequence, const Trigger& trigger);

    PrefetcherConfig config_;
    std::array<Sequence, 64> by_pc_{};
    std::array<Sequence, kStreams> streams_{};
    std::array<u64, kStreams> last_lines_;     // of the streams, apart from them: each trigger looks through all
    u64 order_{0x0123456789abcdef};            // of use, as of the ways of a set: stream 0 is the first to be taken
};

}  // namespace emu
