#include "emu/timing/memory/cache.h"

#include <algorithm>

#include "mmu/tlb/replacement.h"

namespace emu {

namespace {

using mmu::Replacement;

}  // namespace

Cache::Cache(const CacheLevelConfig& config, unsigned line_shift, u64 seed, Stamps stamps, u64 memos)
    : sets_{(config.size >> line_shift) / config.ways},
      set_bits_{static_cast<unsigned>(std::countr_zero(sets_))},
      ways_{config.ways},
      set_words_{cache_set::words(config.ways)},
      leaves_{std::bit_ceil(config.ways)},
      power_of_two_{std::has_single_bit(sets_)},
      reciprocal_{~u64{0} / sets_ + 1},
      policy_{config.replacement},
      all_ways_{(u64{1} << config.ways) - 1},
      random_{seed},
      recent_mask_{std::min(memos, sets_ & -sets_) - 1},
      recent_(recent_mask_ + 1),
      words_(sets_ * set_words_),
      first_word_{words_.data()},
      fills_(stamps == Stamps::PerLine ? sets_ * ways_ : 0) {
    set_up_trees(seed);
}

void Cache::set_up_trees(u64 seed) {
    for (unsigned way = 0; way < ways_; ++way) {
        for (unsigned node = leaves_ + way; node > 1; node /= 2) {
            path_[way] |= u64{1} << node / 2;
            if (node % 2 == 0) away_[way] |= u64{1} << node / 2;
        }
    }
    for (u64 set = 0; set < sets_; ++set) {
        u64& order = words_[set * set_words_ + cache_set::kOrder];
        if (policy_ == Replacement::Lru) order = cache_set::kFirstOrder;
        if (policy_ == Replacement::Plru) order = mmu::random_victim(seed, 1U << leaves_);
    }
}

// Towards the half that the node points to, unless no way is there.
unsigned Cache::plru_victim(u64 tree) const {
    unsigned node = 1;
    if (leaves_ == ways_) {
        while (node < leaves_) node = node * 2 + static_cast<unsigned>(tree >> node & 1);
        return node - leaves_;
    }
    for (unsigned span = leaves_ / 2; span != 0; span /= 2) {
        const unsigned right = node * 2 + 1;
        const bool exists = right * span - leaves_ < ways_;
        node = exists && (tree >> node & 1) != 0 ? right : node * 2;
    }
    return node - leaves_;
}

// Of a full set.
unsigned Cache::ordered_victim(const u64* set) const {
    if (policy_ == Replacement::Plru) return plru_victim(set[cache_set::kOrder]);
    return static_cast<unsigned>(set[cache_set::kOrder] >> (ways_ - 1) * 4 & 0xf);
}

unsigned Cache::victim(const u64* set) {
    const u64 free = ~set[cache_set::kState] & all_ways_;
    if (free != 0) return static_cast<unsigned>(std::countr_zero(free));
    return policy_ == Replacement::Random ? mmu::random_victim(random_, ways_) : ordered_victim(set);
}

std::optional<u64> Cache::next_to_leave(u64 line) const {
    const Home home = home_of(line);
    const bool full = (~home.set[cache_set::kState] & all_ways_) == 0;
    if (!full || policy_ == Replacement::Random) return std::nullopt;
    return state_of(home, ordered_victim(home.set)).line;
}

Cache::Left Cache::state_of(const Home& home, unsigned way) const {
    const u64 tag = cache_set::tag_of(home.set, way);
    const u64 state = home.set[cache_set::kState] >> way;
    return {tag * sets_ + home.number, (state & 1) != 0, (state >> cache_set::kDirtyShift & 1) != 0,
            (state >> cache_set::kUnusedShift & 1) != 0};
}

Cache::Inserted Cache::insert(u64 line, bool dirty, bool unused) {
    const Home home = home_of(line);
    const unsigned way = victim(home.set);
    const Left left = state_of(home, way);
    constexpr u64 kAll = u64{1} | u64{1} << cache_set::kDirtyShift | u64{1} << cache_set::kUnusedShift;
    const u64 state = u64{1} | u64{dirty} << cache_set::kDirtyShift | u64{unused} << cache_set::kUnusedShift;
    home.set[cache_set::kState] = (home.set[cache_set::kState] & ~(kAll << way)) | state << way;
    cache_set::set_tag(home.set, way, home.tag);
    touch(home.set, way);
    const Place place = place_in(home, way);
    recent_of(line) = {line, place};
    return {place, left};
}

Cache::Left Cache::remove(u64 line) {
    const Home home = home_of(line);
    const u64 found = held(home);
    if (found == 0) return {};
    const unsigned way = static_cast<unsigned>(std::countr_zero(found));
    const Left left = state_of(home, way);
    home.set[cache_set::kState] &= ~(u64{1} << way);
    if (recent_of(line).line == line) recent_of(line) = {};
    return left;
}

}  // namespace emu
