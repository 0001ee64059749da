// Everything below the L1 caches: L2, the optional L3 and system level cache, and DRAM. Where a line is, when it can be
// in L1, and where lines go that leave a level. Line numbers are those of L1.
#pragma once

#include <vector>

#include "emu/timing/memory/cache.h"
#include "emu/timing/memory/dram_channel.h"
#include "mmu/base/counters.h"

namespace emu {

class LowerLevels {
public:
    enum class Use { Data, WalkThroughL1d, WalkInL2, Fetch };
    // When a line is there, where it came from, and whether it came dirty (an exclusive level gives its only copy away).
    struct Found {
        u64 ready;
        Cause level;
        bool dirty;
        bool trains;  // an L2 miss, or the first use of a line that was prefetched into L2
    };

    // `l1d` loses lines that leave an inclusive level. No access has a stamp before `floor`.
    LowerLevels(const TimingConfig& config, Cache& l1d, const u64& floor);

    void count_in(mmu::CounterBank& bank) { bank_ = &bank; }

    // A line that L1 is likely to lack will be asked for: the host may fetch meanwhile the sets below L2 that it and the
    // line that leaves L2 for it go to.
    void expect_miss(u64 line) const;
    // A line that L1 lacks, asked for at `cycle`.
    Found read(u64 line, u64 cycle, Use use);
    // Brings the line into L2, unless it is there or no outstanding miss is to be had; nobody waits.
    void prefetch(u64 line, u64 cycle);
    // True if a line can be read at `cycle` without queueing for an outstanding L2 miss.
    [[nodiscard]] bool reads_at_once(u64 line, u64 cycle);

    // From here on the return value is the cycle at which all lines that had to leave have found a place.
    // A line left L1D: dirty ones go down, and clean ones where L2 holds what L1D does not.
    u64 take_from_l1d(const Cache::Left& left, u64 cycle);
    // The line is written as a whole in L1D, without being read: inclusive levels must have it, exclusive ones not.
    u64 prepare_claim(u64 line, u64 cycle);
    // The line, which L1D lacks, is written as a whole in the level where a run of `streamed` bytes goes.
    u64 write_line(u64 line, u64 streamed, u64 cycle);
    [[nodiscard]] bool streams_past_l1d(u64 streamed) const { return streamed >= first_stream_; }
    // A store that L1D does not keep to itself.
    u64 write_through(u64 line, u64 cycle);

    // One line's time on the way to and from DRAM, for an uncached access.
    u64 reserve_channel(u64 cycle) { return channel_.reserve(cycle); }
    [[nodiscard]] u64 l2_latency() const { return levels_[0].latency; }
    [[nodiscard]] u64 dram_latency() const { return dram_latency_; }

private:
    struct Level {
        Cache cache;
        u64 latency;
        Cause cause;
        Inclusion inclusion;
        unsigned shift;  // log2 of its line in lines of L1
        u64 stream_bytes;
    };

    void add_level(const TimingConfig& config, const LowerCacheConfig& level, u64 latency, Cause cause);
    void note_stream(u64 bytes) { first_stream_ = bytes != 0 && bytes < first_stream_ ? bytes : first_stream_; }
    void begin(u64 cycle) { now_ = room_from_ = cycle; }
    Found hit_l2(const Cache::Place& place, u64 line, u64 cycle, bool to_l1d);
    Found beyond_l2(u64 line, u64 cycle);
    Found from_dram(u64 cycle);
    Found fill_between(u64 line, std::size_t below, Found found);
    void fill_l2(u64 line, u64 asked, Found& found, bool unused);
    Cache::Place fill(std::size_t level, u64 line, bool dirty, bool unused = false);
    void leave(std::size_t level, u64 line, bool dirty);
    bool drop_above(std::size_t level, u64 first, u64 count);
    void drop_copies_below(std::size_t level, u64 line);
    [[nodiscard]] std::size_t stream_level(u64 streamed) const;
    void write_back();
    void count_read(const Level& level, bool hit);
    void count(mmu::Event e) { ++(*bank_)[e]; }

    Cache& l1d_;
    std::vector<Level> levels_;
    u64 deepest_latency_{0};
    u64 dram_latency_;
    u64 dram_stream_bytes_;
    u64 first_stream_{~u64{0}};
    ServerPool misses_;
    DramChannel channel_;
    u64 write_buffer_cycles_;  // that the channel needs for a full buffer
    bool walks_first_;
    const u64& floor_;
    u64 now_{0};        // of the access for which lines leave
    u64 room_from_{0};  // when all of them have found a place
    mmu::CounterBank* bank_{nullptr};
};

}  // namespace emu
