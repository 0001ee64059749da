// A set-associative cache: tags, state and replacement. It holds no data; whether an access hits depends only on the
// order of accesses, never on time. Beside each line stands from when on it can be used.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "emu/timing/ledger/cost_cause.h"
#include "emu/timing/memory/cache_config.h"
#include "emu/timing/memory/cache_set.h"
#include "mmu/base/host_prefetch.h"
#include "mmu/base/large_array.h"

namespace emu {

// Lines of L1, the unit of all line numbers outside of a cache with longer ones.
inline constexpr unsigned kLineShift = 6;
inline constexpr u64 kLineBytes = u64{1} << kLineShift;
[[nodiscard]] constexpr u64 line_of(u64 pa) {
    return pa >> kLineShift;
}

class Cache {
public:
    // A line under way since `ready - span`, there at `ready`; `level` is where it came from.
    struct Fill {
        u64 ready{0};
        u32 span{0};
        Cause level{Cause::L1d};
    };
    // A line that the cache holds.
    struct Place {
        u64* set{nullptr};
        u32 index{0};  // among all lines of the cache
        u32 way{0};

        explicit operator bool() const { return set != nullptr; }
        void make_dirty() const { set[cache_set::kState] |= u64{1} << (cache_set::kDirtyShift + way); }
        [[nodiscard]] bool dirty() const { return bit(cache_set::kDirtyShift); }
        // Prefetched, and not asked for since.
        [[nodiscard]] bool unused() const { return bit(cache_set::kUnusedShift); }
        void mark_used() const { set[cache_set::kState] &= ~(u64{1} << (cache_set::kUnusedShift + way)); }

    private:
        [[nodiscard]] bool bit(unsigned field) const { return (set[cache_set::kState] >> (field + way) & 1) != 0; }
    };
    // What a line was when it left; not valid where none had to.
    struct Left {
        u64 line{0};
        bool valid{false};
        bool dirty{false};
        bool unused{false};
    };
    struct Inserted {
        Place place;
        Left left;
    };

    enum class Stamps : bool { None, PerLine };

    // `config.size` is a multiple of `config.ways` lines of 2^line_shift bytes, at most 2^20 sets and 16 ways. Physical
    // addresses have at most 38 bits more than a set number has. `memos`, a power of two, is how many lines are found again
    // without a search.
    Cache(const CacheLevelConfig& config, unsigned line_shift, u64 seed, Stamps stamps, u64 memos = 1);
    Cache(const Cache&) = delete;  // places point into it
    Cache& operator=(const Cache&) = delete;
    Cache(Cache&&) = default;

    // The line, now the youngest of its set.
    [[nodiscard]] Place find(u64 line) {
        const Recent& recent = recent_of(line);
        return recent.line == line ? recent.place : search(line);
    }
    // The same, and nothing changes.
    [[nodiscard]] bool holds(u64 line) { return held(home_of(line)) != 0; }
    // Where the line is, if to find it changes nothing; null where that is not known.
    [[nodiscard]] const Place* recent(u64 line) const {
        const Recent& recent = recent_[line & recent_mask_];
        return recent.line == line ? &recent.place : nullptr;
    }
    // The host may fetch the line's set meanwhile.
    void expect(u64 line) const {
        const u64* set = home_of(line).set;
        mmu::host_prefetch(set);
        mmu::host_prefetch(set + set_words_ - 1);
    }
    // The line that would have to leave for this one, if that is known before.
    [[nodiscard]] std::optional<u64> next_to_leave(u64 line) const;

    // Puts a line in that is not here, as the youngest of its set.
    Inserted insert(u64 line, bool dirty, bool unused = false);
    // Takes the line out; what it was, not valid where it is not here.
    Left remove(u64 line);

    // With stamps only.
    [[nodiscard]] Fill& fill(const Place& place) { return fills_[place.index]; }
    [[nodiscard]] const Fill& fill(const Place& place) const { return fills_[place.index]; }

private:
    struct Home {
        u64* set;
        u64 number;  // of the set
        u32 tag;
    };
    // A line that is here and the youngest of its set, for it was the last one found or put in among the sets that share
    // this memo: to find it changes nothing.
    struct Recent {
        u64 line{~u64{0}};
        Place place;
    };

    // All lines of a set share a memo, for the number of memos divides that of sets.
    [[gnu::noinline]] Place search(u64 line) {
        const Home home = home_of(line);
        const u64 found = held(home);
        if (found == 0) return {};
        const Place place = place_in(home, static_cast<unsigned>(std::countr_zero(found)));
        touch(home.set, place.way);
        recent_of(line) = {line, place};
        return place;
    }
    [[nodiscard]] Recent& recent_of(u64 line) { return recent_[line & recent_mask_]; }
    [[nodiscard]] Home home_of(u64 line) const {
        const u64 tag = power_of_two_ ? line >> set_bits_ : quotient(line);
        const u64 set = line - tag * sets_;
        return {first_word_ + set * set_words_, set, static_cast<u32>(tag)};
    }
    // line / sets_, exact for line numbers below 2^44 and less than 2^20 sets.
    [[nodiscard]] u64 quotient(u64 line) const {
        __extension__ using u128 = unsigned __int128;
        return static_cast<u64>(u128{line} * reciprocal_ >> 64);
    }
    [[nodiscard]] u64 held(const Home& home) const {
        return cache_set::matches(home.set, ways_, home.tag) & home.set[cache_set::kState] & all_ways_;
    }
    [[nodiscard]] Place place_in(const Home& home, unsigned way) const {
        return {home.set, static_cast<u32>(home.number * ways_ + way), way};
    }
    void touch(u64* set, unsigned way) {
        u64& order = set[cache_set::kOrder];
        if (policy_ == mmu::Replacement::Plru)
            order = (order & ~path_[way]) | away_[way];
        else if (policy_ == mmu::Replacement::Lru && (order & 0xf) != way)
            order = cache_set::with_youngest(order, way);
    }
    void set_up_trees(u64 seed);
    [[nodiscard]] unsigned victim(const u64* set);
    [[nodiscard]] unsigned ordered_victim(const u64* set) const;
    [[nodiscard]] unsigned plru_victim(u64 tree) const;
    [[nodiscard]] Left state_of(const Home& home, unsigned way) const;

    u64 sets_;
    unsigned set_bits_;
    unsigned ways_;
    unsigned set_words_;
    unsigned leaves_;  // of the tree: ways, rounded up to a power of two
    bool power_of_two_;
    u64 reciprocal_;  // 2^64 / sets_, rounded up
    mmu::Replacement policy_;
    u64 all_ways_;
    u64 random_;
    // Tree bits, node n at bit n, the root 1: those above a way, and their values when they point away from it.
    std::array<u64, cache_set::kMaxWays> path_{};
    std::array<u64, cache_set::kMaxWays> away_{};
    u64 recent_mask_;
    std::vector<Recent> recent_;
    mmu::LargeArray<u64> words_;
    u64* first_word_;
    mmu::LargeArray<Fill> fills_;
};

}  // namespace emu
