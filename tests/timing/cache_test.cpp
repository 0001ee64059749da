// Geometry and replacement of one cache, against a slow model of each policy that shares nothing with it.
#include "emu/timing/memory/cache.h"

#include <algorithm>
#include <list>
#include <map>
#include <optional>

#include "tests/support/catch.h"

using namespace emu;
using mmu::Replacement;

namespace {

struct Geometry {
    u64 sets;
    unsigned ways;
};
constexpr Geometry kGeometries[] = {{256, 4}, {1, 2}, {1, 16}, {64, 12}, {36864, 16}, {5, 3}, {512, 1}, {2048, 8}};

Cache make(const Geometry& g, Replacement policy, u64 seed = 1, u64 memos = 1) {
    return {CacheLevelConfig{g.sets * g.ways * 64, g.ways, policy}, 6, seed, Cache::Stamps::PerLine, memos};
}

// Lines near one another in few sets, so that they contend; deterministic.
struct Lines {
    u64 state{12345};
    u64 next(const Geometry& g) {
        state = state * 6364136223846793005 + 1442695040888963407;
        const u64 tag = (state >> 33) % (g.ways * 2 + 1);
        const u64 set = (state >> 50) % std::min<u64>(g.sets, 3);
        return tag * g.sets + set + (u64{1} << 20) * g.sets;
    }
};

// True if the line was here; otherwise it is now.
bool access(Cache& cache, u64 line, std::optional<u64>& left) {
    left.reset();
    if (cache.find(line)) return true;
    const auto inserted = cache.insert(line, false);
    if (inserted.left.valid) left = inserted.left.line;
    return false;
}

class LruModel {
public:
    explicit LruModel(const Geometry& g) : g_{g} {}
    bool access(u64 line, std::optional<u64>& left) {
        left.reset();
        std::list<u64>& set = sets_[line % g_.sets];
        const auto at = std::find(set.begin(), set.end(), line);
        const bool hit = at != set.end();
        if (hit) set.erase(at);
        set.push_front(line);
        if (set.size() > g_.ways) {
            left = set.back();
            set.pop_back();
        }
        return hit;
    }

private:
    Geometry g_;
    std::map<u64, std::list<u64>> sets_;
};

// A tree of halves: each remembers which half was used last. Four ways at most.
class PlruModel {
public:
    bool access(u64 line, std::optional<u64>& left) {
        left.reset();
        unsigned way = 0;
        while (way < 4 && lines_[way] != line) ++way;
        const bool hit = way < 4;
        if (!hit) {
            way = 0;
            while (way < 4 && lines_[way]) ++way;
            if (way == 4) {
                const bool second_half = !last_half_second_;
                way = second_half ? 2 + (last_of_second_ == 3 ? 0U : 1U) : (last_of_first_ == 1 ? 0U : 1U);
                left = lines_[way];
            }
            lines_[way] = line;
        }
        last_half_second_ = way >= 2;
        (way >= 2 ? last_of_second_ : last_of_first_) = way;
        return hit;
    }

private:
    std::array<std::optional<u64>, 4> lines_{};
    bool last_half_second_{false};
    unsigned last_of_first_{0};
    unsigned last_of_second_{2};
};

}  // namespace

TEST_CASE("LRU caches of any geometry hit and evict as a list in order of use does") {
    for (const Geometry& g : kGeometries) {
        for (const u64 memos : {u64{1}, u64{2}, u64{32}}) {
            Cache cache = make(g, Replacement::Lru, 1, memos);
            LruModel model{g};
            Lines lines;
            std::optional<u64> left, expected;
            for (int i = 0; i < 5000; ++i) {
                const u64 line = lines.next(g);
                INFO(g.sets << " sets of " << g.ways << ", " << memos << " memos, access " << i);
                REQUIRE(access(cache, line, left) == model.access(line, expected));
                REQUIRE(left == expected);
            }
        }
    }
}

TEST_CASE("a line that was found a moment ago is no longer found once it is removed, and leaves when others are younger") {
    Cache cache = make({4, 2}, Replacement::Lru, 1, 32);
    (void)cache.insert(4, false);
    REQUIRE(cache.find(4));
    REQUIRE(cache.remove(4).valid);
    CHECK(!cache.find(4));
    (void)cache.insert(4, false);
    (void)cache.insert(8, false);
    REQUIRE(cache.find(4));
    REQUIRE(cache.find(8));
    CHECK(cache.insert(12, false).left.line == 4);
    CHECK(!cache.find(4));
}

TEST_CASE("what will leave is named before it leaves, and not where chance decides or a way is free") {
    for (const Replacement policy : {Replacement::Lru, Replacement::Plru}) {
        Cache cache = make({64, 12}, policy);
        Lines lines;
        for (int i = 0; i < 2000; ++i) {
            const u64 line = lines.next({64, 12});
            if (cache.find(line)) continue;
            const auto expected = cache.next_to_leave(line);
            const Cache::Left left = cache.insert(line, false).left;
            REQUIRE(expected.has_value() == left.valid);
            if (expected) REQUIRE(*expected == left.line);
        }
    }
    Cache random = make({1, 1}, Replacement::Random);
    (void)random.insert(1, false);
    CHECK(!random.next_to_leave(2));
}

TEST_CASE("a PLRU cache evicts where its tree of halves points") {
    const Geometry g{1, 4};
    Cache cache = make(g, Replacement::Plru);
    PlruModel model;
    Lines lines;
    std::optional<u64> left, expected;
    for (int i = 0; i < 5000; ++i) {
        const u64 line = lines.next(g);
        INFO("access " << i);
        REQUIRE(access(cache, line, left) == model.access(line, expected));
        REQUIRE(left == expected);
    }
}

TEST_CASE("PLRU of any number of ways never evicts the line used last") {
    for (unsigned ways = 2; ways <= 16; ++ways) {
        Cache cache = make({1, ways}, Replacement::Plru);
        Lines lines;
        u64 last = ~u64{0};
        std::optional<u64> left;
        for (int i = 0; i < 2000; ++i) {
            const u64 line = lines.next({1, ways});
            (void)access(cache, line, left);
            REQUIRE(left != last);
            last = line;
        }
    }
}

TEST_CASE("cyclic use of one line more than a set has misses always with LRU and not always with random") {
    const auto misses = [](Replacement policy) {
        Cache cache = make({1, 4}, policy);
        std::optional<u64> left;
        int count = 0;
        for (u64 i = 0; i < 1000; ++i) count += access(cache, i % 5, left) ? 0 : 1;
        return count;
    };
    CHECK(misses(Replacement::Lru) == 1000);
    CHECK(misses(Replacement::Random) < 900);
    CHECK(misses(Replacement::Random) > 100);
}

TEST_CASE("the seed decides what random replacement evicts, and equal seeds agree") {
    const auto victims = [](u64 seed) {
        Cache cache = make({1, 8}, Replacement::Random, seed);
        std::vector<u64> out;
        std::optional<u64> left;
        for (u64 line = 0; line < 100; ++line) {
            (void)access(cache, line, left);
            if (left) out.push_back(*left);
        }
        return out;
    };
    CHECK(victims(1) == victims(1));
    CHECK(victims(1) != victims(2));
}

TEST_CASE("every line of a full cache is found, and no other") {
    for (const Geometry& g : kGeometries) {
        for (const Replacement policy : {Replacement::Lru, Replacement::Plru, Replacement::Random}) {
            Cache cache = make(g, policy);
            const u64 lines = g.sets * g.ways;
            for (u64 line = 0; line < lines; ++line) REQUIRE(!cache.insert(line, false).left.valid);
            for (u64 line = 0; line < lines; ++line) REQUIRE(cache.holds(line));
            CHECK(!cache.holds(lines));
            CHECK(!cache.holds(lines * 7 + 1));
        }
    }
}

TEST_CASE("a line keeps its state until it leaves, and a new one begins clean") {
    Cache cache = make({1, 2}, Replacement::Lru);
    (void)cache.insert(1, true);
    (void)cache.insert(2, false, true);
    CHECK(cache.find(1).dirty());
    CHECK(cache.find(2).unused());
    cache.find(2).mark_used();
    CHECK(!cache.find(2).unused());
    const Cache::Left left = cache.insert(3, false).left;
    CHECK(left.line == 1);
    CHECK(left.dirty);
    CHECK(!cache.find(3).dirty());
    cache.find(3).make_dirty();
    CHECK(cache.find(3).dirty());
}

TEST_CASE("a line that is removed leaves its way free") {
    Cache cache = make({1, 2}, Replacement::Plru);
    (void)cache.insert(1, false);
    (void)cache.insert(2, true);
    const Cache::Left removed = cache.remove(2);
    CHECK(removed.valid);
    CHECK(removed.dirty);
    CHECK(!cache.remove(2).valid);
    CHECK(!cache.insert(3, false).left.valid);
    CHECK(!cache.find(3).dirty());
    CHECK(cache.holds(1));
}
