// Victim selection against simple references.
#include "mmu/tlb/replacement.h"

#include <algorithm>
#include <vector>

#include "mmu/tlb/lru_order.h"
#include "tests/mmu/support/mmu_fixture.h"
#include "tests/support/catch.h"

using mmu::SlotUse;
using namespace test;

namespace {

u64 next_random(u64& state) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 33;
}

std::vector<SlotUse> stamps(std::initializer_list<u64> values) {
    std::vector<SlotUse> out;
    for (u64 v : values) out.push_back({v, 0});
    return out;
}

// One bit per node of a balanced binary tree, updated on each access: what hardware has.
class PlruBits {
public:
    explicit PlruBits(unsigned ways) : bits_(ways, false), ways_{ways} {}
    void touch(unsigned way) {
        unsigned node = 1;
        for (unsigned half = ways_ / 2; half > 0; half /= 2) {
            const bool right = (way & half) != 0;
            bits_[node] = !right;  // point away
            node = 2 * node + (right ? 1 : 0);
        }
    }
    [[nodiscard]] unsigned victim() const {
        unsigned node = 1, way = 0;
        for (unsigned half = ways_ / 2; half > 0; half /= 2) {
            const bool right = bits_[node];
            way += right ? half : 0;
            node = 2 * node + (right ? 1 : 0);
        }
        return way;
    }

private:
    std::vector<bool> bits_;
    unsigned ways_;
};

}  // namespace

TEST_CASE("LRU takes the oldest stamp, the first of equals") {
    CHECK(mmu::lru_victim(stamps({5, 3, 9, 4})) == 1);
    CHECK(mmu::lru_victim(stamps({5, 0, 0, 4})) == 1);
    CHECK(mmu::lru_victim(stamps({7})) == 0);
}

TEST_CASE("the LRU order finds the same victims as a scan, under random hits and refills") {
    for (const unsigned slots : {1u, 2u, 6u, 61u, 200u}) {
        mmu::LruOrder order{slots};
        std::vector<SlotUse> use(slots);
        u64 seed = 1, clock = 0;
        for (unsigned step = 0; step < 20000; ++step) {
            for (u64 hits = next_random(seed) % 4; hits > 0; --hits) use[next_random(seed) % slots].stamp = ++clock;
            const unsigned victim = order.oldest(use);
            const auto oldest = std::ranges::min_element(use, {}, &SlotUse::stamp);
            REQUIRE(use[victim].stamp == oldest->stamp);
            if (next_random(seed) % 8 != 0) use[victim].stamp = ++clock;
            if (step % 5000 != 4999) continue;
            for (SlotUse& u : use) u.stamp = next_random(seed) % 100;  // as from a checkpoint
            clock = 100;
            order.begin_anew(use);
        }
    }
}

TEST_CASE("pseudo-LRU from stamps is the tree of bits") {
    constexpr unsigned kWays = 8;
    PlruBits bits{kWays};
    std::vector<SlotUse> use(kWays);
    u64 seed = 2, clock = 0;
    for (unsigned way = 0; way < kWays; ++way) {
        bits.touch(way);
        use[way].stamp = ++clock;
    }
    for (unsigned step = 0; step < 20000; ++step) {
        REQUIRE(mmu::plru_victim(use) == bits.victim());
        const auto way = static_cast<unsigned>(next_random(seed) % kWays);
        bits.touch(way);
        use[way].stamp = ++clock;
    }
}

TEST_CASE("random victims are reproducible, in range, and reach every way") {
    u64 a = 1, b = 1;
    std::vector<unsigned> hits(5);
    for (unsigned i = 0; i < 5000; ++i) {
        const unsigned way = mmu::random_victim(a, 5);
        REQUIRE(way == mmu::random_victim(b, 5));
        ++hits.at(way);
    }
    CHECK(*std::ranges::min_element(hits) > 800);
}

TEST_CASE("a small TLB evicts as its policy says") {
    // Four ways, pages A B C D, then A again, then E: LRU evicts B.
    const auto survivors = [](mmu::Replacement policy) {
        mmu::MmuConfig config;
        config.l1d_tlb = {4, 0, "4K"};
        config.contiguous = mmu::Contiguity::Ignore;
        config.replacement = policy;
        Fixture f{config};
        f.low.map_pages(0x10'0000, kRam, 5, kUserPage);
        for (u64 page : {0u, 1u, 2u, 3u, 0u, 4u}) f.touch(0x10'0000 + page * 0x1000);
        std::vector<bool> hit;
        for (u64 page = 0; page < 5; ++page)
            hit.push_back(f.unit.host_tlb[0].read(0x10'0000 + page * 0x1000, 8) != nullptr);
        return hit;
    };
    CHECK(survivors(mmu::Replacement::Lru) == std::vector<bool>{true, false, true, true, true});
    // The tree last saw A on the left, so it points to the right pair, and there away from D.
    CHECK(survivors(mmu::Replacement::Plru) == std::vector<bool>{true, true, false, true, true});
    const auto random = survivors(mmu::Replacement::Random);
    CHECK(std::ranges::count(random, true) == 4);
    CHECK(random[4]);
}
