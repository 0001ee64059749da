// The cache ladder, outstanding misses, and where lines end up.
#include <algorithm>
#include <numeric>

#include "tests/support/catch.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;

namespace {

constexpr u64 kDataStart = u64{1} << 32;

// Mean cycles of a pointer chase over every line of `bytes`, second round, in an order without neighbours.
double chase(u64 bytes) {
    Stream s;
    const u64 lines = bytes / 64;
    const auto round = [&] {
        for (u64 i = 0; i < lines; ++i) s.run(load(1, 1), {kDataStart + i * 64});
    };
    return static_cast<double>(s.cycles_of(1, round)) / static_cast<double>(lines);
}

}  // namespace

TEST_CASE("a pointer chase costs the latency of the level that holds the buffer") {
    CHECK(chase(32 << 10) == Approx(4));
    CHECK(chase(512 << 10) == Approx(11));
    CHECK(chase(16 << 20) == Approx(86));
    CHECK(chase(128 << 20) == Approx(285).epsilon(0.05));
}

TEST_CASE("independent misses overlap up to the number of outstanding lines") {
    const auto cycles_with = [](u64 misses) {
        TimingConfig config = without_prefetch();
        config.memory.l1d_misses = {misses, misses, misses};
        config.memory.dram_gb_per_s = 1000;
        Stream s{config};
        u64 pa = kDataStart;
        return s.cycles_of(1000, [&] { s.run(load(1, 9), {pa += 64}); });
    };
    CHECK(static_cast<double>(cycles_with(1)) == Approx(285 * 1000).epsilon(0.02));
    CHECK(static_cast<double>(cycles_with(10)) == Approx(28.5 * 1000).epsilon(0.05));
}

TEST_CASE("the DRAM channel limits independent misses to its bandwidth") {
    TimingConfig config = without_prefetch();
    config.memory.dram_gb_per_s = 3;  // 21.3 ns for a line: 64 cycles
    Stream s{config};
    u64 pa = kDataStart;
    const u64 cycles = s.cycles_of(1000, [&] { s.run(load(1, 9), {pa += 64}); });
    CHECK(static_cast<double>(cycles) == Approx(64 * 1000).epsilon(0.02));
}

TEST_CASE("a second access to a line under way waits for it and not for a second fill") {
    Stream s;
    s.run(load(1, 9), {kDataStart});
    s.run(load(2, 9), {kDataStart + 8});
    const u64 both = s.now();
    CHECK(s.count(mmu::Event::L1D_CACHE_REFILL) == 1);
    s.run(load(3, 9), {kDataStart + 16});
    CHECK(s.now() - both <= 1);
}

TEST_CASE("an access across two lines reads both") {
    Stream s;
    s.run(load(1, 9), {kDataStart + 60});
    CHECK(s.count(mmu::Event::L1D_CACHE_REFILL) == 2);
}

TEST_CASE("counts follow a line down the levels") {
    Stream s;
    s.run(load(1, 9), {kDataStart});
    s.run(load(1, 9), {kDataStart});
    CHECK(s.count(mmu::Event::L1D_CACHE) == 2);
    CHECK(s.count(mmu::Event::L1D_CACHE_REFILL) == 1);
    CHECK(s.count(mmu::Event::LL_CACHE_MISS_RD) == s.count(mmu::Event::LL_CACHE_RD));
    const u64 l2 = s.count(mmu::Event::L2D_CACHE);
    CHECK(l2 == 1 + s.count(mmu::Event::L1I_CACHE_REFILL));
}

TEST_CASE("an L2 eviction takes the line out of L1D as well") {
    Stream s;
    // Nine lines of one set of the 8-way L2 (2048 sets), the first kept young in L1D by use.
    const auto line = [](u64 i) { return Access{kDataStart + i * 2048 * 64}; };
    s.run(load(1, 9), line(0));
    for (u64 i = 1; i <= 8; ++i) {
        s.run(load(1, 9), line(i));
        if (i < 4) s.run(load(1, 9), line(0));
    }
    const u64 refills = s.count(mmu::Event::L2D_CACHE_REFILL);
    s.run(load(1, 9), line(0));
    CHECK(s.count(mmu::Event::L2D_CACHE_REFILL) == refills + 1);
}

TEST_CASE("code that outgrows L1I is fetched from L2") {
    Stream s;
    const auto cycles_of_code = [&](u64 bytes) {
        return static_cast<double>(s.cycles_of(1,
                                               [&] {
                                                   for (u64 pc = 0x100000; pc < 0x100000 + bytes; pc += 16) {
                                                       s.set_pc(pc);
                                                       for (int i = 0; i < 4; ++i) s.run(nop());
                                                   }
                                               })) /
               static_cast<double>(bytes / 64);
    };
    CHECK(cycles_of_code(32 << 10) == Approx(4).epsilon(0.02));
    CHECK(cycles_of_code(256 << 10) == Approx(4 + 11).epsilon(0.02));
}

TEST_CASE("Device memory is accessed in order and at its own latency") {
    Stream s;
    const Access device{0x09000000, 4, {}, 0x00};
    CHECK(s.cycles_of(10, [&] { s.run(load(1, 9), device); }) == 3000);
    CHECK(s.count(mmu::Event::L1D_CACHE) == 0);
}

TEST_CASE("Non-cacheable memory goes to DRAM every time") {
    Stream s;
    const Access uncached{kDataStart, 8, {}, 0x44};
    CHECK(static_cast<double>(s.cycles_of(10, [&] { s.run(load(1, 1), uncached); })) == Approx(2850).epsilon(0.05));
}
