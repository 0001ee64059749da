#include <random>
#include <vector>

#include "emu/trace/interval_set.h"
#include "tests/support/catch.h"

using emu::trace::IntervalSet;

TEST_CASE("Random inserts and erases agree with a bit per unit") {
    std::mt19937 random{7};
    IntervalSet set;
    std::vector<bool> model(128, false);
    for (int step = 0; step < 2000; ++step) {
        std::uint64_t a = random() % 128, b = random() % 128;
        if (a > b) std::swap(a, b);
        const bool insert = random() % 2 == 0;
        insert ? set.insert(a, b) : set.erase(a, b);
        for (std::uint64_t i = a; i < b; ++i) model[i] = insert;
        for (std::uint64_t i = 0; i < 128; ++i) REQUIRE(set.contains(i) == model[i]);
    }
}

TEST_CASE("Holes are what a range lacks, in order") {
    IntervalSet set;
    set.insert(10, 20);
    set.insert(30, 40);
    const auto holes = set.holes(5, 50);
    REQUIRE(holes.size() == 3);
    CHECK(holes[0] == IntervalSet::Range{5, 10});
    CHECK(holes[1] == IntervalSet::Range{20, 30});
    CHECK(holes[2] == IntervalSet::Range{40, 50});
    CHECK(set.holes(12, 18).empty());
}
