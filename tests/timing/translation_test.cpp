// How long translations take: hardware facts of Neoverse N1, composed as the walker composes them.
#include "tests/support/catch.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;
using mmu::Event;

namespace {

constexpr u64 kData = 0x80000;
constexpr u64 kTable = 0x90000;

// Cycles per load of a dependent chain in which every load's lookup goes like this.
u64 chain(Stream& s, const LookupRecord& lookup) {
    s.run(load(1, 9), {kData});
    s.run(load(1, 9), {kTable});
    return s.cycles_of(100, [&] { s.run(load(1, 1), {kData, 8, lookup}); }) / 100;
}

// Cycles that one walk adds to a load when its descriptor is where `place` left it.
template <class Place>
u64 walk_adds(Place&& place) {
    const auto cycles_with = [&](bool walks) {
        Stream s;
        s.run(load(1, 9), {kData});
        place(s);
        s.dsb();
        const u64 before = s.now();
        s.run(load(1, 9), {kData, 8, walks ? walk({kTable}) : l2_hit()});
        return s.now() - before;
    };
    return cycles_with(true) - cycles_with(false);
}

void read_table(Stream& s) {
    s.run(load(2, 9), {kTable});
}

// Reads enough lines of the table line's L1D set (256 sets) to push it out of the 4 ways, in whatever order they leave.
void push_to_l2(Stream& s) {
    read_table(s);
    for (u64 i = 1; i <= 7; ++i) s.run(load(2, 9), {kTable + i * 256 * 64});
}

// The same for the L2 set (2048 sets, 8 ways).
void push_to_llc(Stream& s) {
    read_table(s);
    for (u64 i = 1; i <= 8; ++i) s.run(load(2, 9), {kTable + i * 2048 * 64});
}

}  // namespace

TEST_CASE("an L1 TLB hit adds nothing and an L2 TLB hit adds five cycles") {
    Stream s;
    CHECK(chain(s, l1_hit()) == 4);
    CHECK(chain(s, l2_hit()) == 4 + 5);
}

TEST_CASE("a walk adds its overhead and the latency of where its descriptor lies") {
    CHECK(walk_adds(read_table) == 10 + 4);
    CHECK(walk_adds(push_to_l2) == 10 + 11);
    CHECK(walk_adds(push_to_llc) == 10 + 86);
    CHECK(walk_adds([](Stream&) {}) == Approx(10 + 285).epsilon(0.02));
}

TEST_CASE("a walk reads its descriptors one after the other") {
    Stream s;
    CHECK(chain(s, walk({kTable, kTable + 8, kTable + 16, kTable + 24})) == 4 + 5 + 10 + 4 * 4);
}

TEST_CASE("a hardware update is an atomic on the descriptor's line") {
    Stream s;
    LookupRecord lookup = walk({kTable, kTable});
    lookup.steps[1].update = true;
    CHECK(chain(s, lookup) == 4 + 5 + 10 + 4 + 8);
}

TEST_CASE("walks are memory accesses through L1D") {
    Stream s;
    const u64 before = s.count(Event::L1D_CACHE);
    s.run(load(1, 9), {kData, 8, walk({kTable, kTable + 64})});
    CHECK(s.count(Event::L1D_CACHE) == before + 3);
    CHECK(s.count(Event::L1D_CACHE_REFILL) == 3);
}

TEST_CASE("walk cycles over walks is the mean walk latency") {
    Stream s;
    s.run(load(1, 9), {kTable});
    s.dsb();
    for (int i = 0; i < 10; ++i) s.run(load(1, 1), {kData, 8, walk({kTable})});
    CHECK(s.count(Event::DTLB_WALK_PERCYC) == 10 * 14);
    for (int i = 0; i < 64; ++i) s.run(nop());  // fetch runs ahead: let it pass the DSB
    s.fetch_by(walk({kTable}));
    s.run(nop());
    CHECK(s.count(Event::ITLB_WALK_PERCYC) == 14);
    CHECK(s.count(Event::DTLB_WALK_PERCYC) == 10 * 14);
}

TEST_CASE("four independent walks overlap and a fifth waits") {
    const auto per_walk = [](unsigned walkers) {
        TimingConfig config = without_prefetch();
        config.translation.walkers = walkers;
        Stream s{config};
        s.run(load(1, 9), {kTable});
        s.run(load(1, 9), {kData});
        return s.cycles_of(1000, [&] { s.run(load(1, 9), {kData, 8, walk({kTable}, mmu::kNoSlot, mmu::kNoSlot)}); });
    };
    CHECK(static_cast<double>(per_walk(1)) == Approx(14000).epsilon(0.01));
    CHECK(static_cast<double>(per_walk(4)) == Approx(3500).epsilon(0.01));
}

TEST_CASE("a hit on an entry whose walk is under way waits for it and is counted as merged") {
    Stream s;
    s.run(load(1, 9), {kData});
    s.dsb();
    const u64 before = s.now();
    s.run(load(1, 9), {kData, 8, walk({u64{1} << 32}, 7, 8)});
    s.run(load(2, 9), {kData, 8, l1_hit(7)});
    const u64 merged = s.now() - before;
    CHECK(merged >= 285);
    CHECK(s.count(Event::SIM_WALK_MERGED) == 1);
    for (int i = 0; i < 2000; ++i) s.run(nop());
    s.run(load(2, 9), {kData, 8, l1_hit(7)});
    CHECK(s.count(Event::SIM_WALK_MERGED) == 1);
}

TEST_CASE("an L2 TLB hit on an entry whose walk is under way waits for it") {
    Stream s;
    s.run(load(1, 9), {kData});
    s.dsb();
    const u64 before = s.now();
    s.run(load(1, 9), {kData, 8, walk({u64{1} << 32}, 7, 8)});
    const u64 walked = s.now() - before;
    s.run(load(2, 9), {kData, 8, l2_hit(9, 8)});
    CHECK(s.count(Event::SIM_WALK_MERGED) == 1);
    CHECK(s.now() - before >= walked);
}

TEST_CASE("a store waits for its translation before it can commit") {
    Stream s;
    s.run(load(1, 9), {kTable});
    s.run(load(1, 9), {kData});
    const u64 hits = s.cycles_of(100, [&] {
        s.run(store(1, 9), {kData});
        s.dsb();
    });
    const u64 walks = s.cycles_of(100, [&] {
        s.run(store(1, 9), {kData, 8, walk({kTable})});
        s.dsb();
    });
    CHECK(walks - hits == 100 * (5 + 14));
}

TEST_CASE("a prefetch does not wait for its translation") {
    Stream s;
    const u64 far = u64{1} << 32;
    const u64 before = s.now();
    for (u64 i = 0; i < 4; ++i) s.run({OpClass::Prefetch, {}, {9}}, {far + i * 64, 8, walk({far + 4096 + i * 64})});
    CHECK(s.now() - before <= 4);
    CHECK(s.count(Event::L1D_CACHE_REFILL) == 8);
}

TEST_CASE("an ITLB miss stalls the fetch") {
    Stream s;
    s.run(load(1, 9), {kTable});
    const auto cycles_with = [&](const LookupRecord& lookup) {
        return s.cycles_of(100, [&] {
            s.fetch_by(lookup);
            for (int i = 0; i < 4; ++i) s.run(nop());
        });
    };
    const u64 hits = cycles_with(l1_hit());
    CHECK(cycles_with(l2_hit()) - hits == 500);
    CHECK(cycles_with(walk({kTable})) - hits == 100 * (5 + 14));
}

TEST_CASE("a faulting access ends with its walk") {
    Stream s;
    s.run(load(1, 9), {kTable});
    s.dsb();
    LookupRecord lookup = walk({kTable}, mmu::kNoSlot, mmu::kNoSlot);
    lookup.faulted = true;
    const u64 accesses = s.count(Event::L1D_CACHE);
    const u64 before = s.now();
    s.run(load(1, 9), {kData, 8, lookup});
    CHECK(s.now() - before <= 5 + 14 + 1);
    CHECK(s.count(Event::L1D_CACHE) == accesses + 1);
}

TEST_CASE("walks through L2 leave L1D alone and take the L2 latency per descriptor") {
    TimingConfig config = without_prefetch();
    config.translation.walk_fetch = WalkFetch::L2;
    Stream s{config};
    s.run(load(1, 9), {kData, 8, walk({kTable})});
    const u64 refills = s.count(Event::L1D_CACHE_REFILL);
    const u64 cycles = s.cycles_of(100, [&] { s.run(load(1, 1), {kData, 8, walk({kTable, kTable + 8})}); });
    CHECK(cycles == 100 * (4 + 5 + 10 + 2 * 11));
    CHECK(s.count(Event::L1D_CACHE_REFILL) == refills);
}

TEST_CASE("descriptor reads do not queue behind outstanding data misses, unless they are told to") {
    const auto first_walk = [](bool priority) {
        TimingConfig config = without_prefetch();
        config.translation.walk_priority = priority;
        config.memory.l1d_misses = {1, 1, 1};
        Stream s{config};
        s.dsb();
        for (int i = 0; i < 64; ++i) s.run(nop());
        s.run(load(1, 9), {u64{1} << 32});
        s.run(load(2, 9), {kData, 8, walk({u64{1} << 33}, mmu::kNoSlot, mmu::kNoSlot)});
        return s.count(Event::DTLB_WALK_PERCYC);
    };
    CHECK(first_walk(true) == Approx(295).margin(12));  // the line's turn on the DRAM channel included
    CHECK(first_walk(false) > 500);
}

TEST_CASE("a walk that begins at a table waits for the walk that is finding it") {
    Stream s;
    s.dsb();
    for (int i = 0; i < 64; ++i) s.run(nop());
    const u64 upper = u64{1} << 32;
    LookupRecord second = walk({kTable + 8}, mmu::kNoSlot, mmu::kNoSlot);
    second.walk_cache_hit = true;
    s.run(load(1, 9), {kTable});  // the leaf table's line is near, its pointer is not
    s.dsb();
    for (int i = 0; i < 64; ++i) s.run(nop());
    s.run(load(1, 9), {kData, 8, walk({upper, kTable}, mmu::kNoSlot, mmu::kNoSlot)});
    const u64 one = s.count(Event::DTLB_WALK_PERCYC);
    s.run(load(2, 9), {kData, 8, second});
    CHECK(one == Approx(10 + 285 + 4).margin(1));
    CHECK(s.count(Event::DTLB_WALK_PERCYC) - one == Approx(one).margin(2));
    for (int i = 0; i < 2000; ++i) s.run(nop());
    const u64 before = s.count(Event::DTLB_WALK_PERCYC);
    s.run(load(2, 9), {kData, 8, second});
    CHECK(s.count(Event::DTLB_WALK_PERCYC) - before == 14);
}

TEST_CASE("nobody waits for a prefetched translation but who uses it before it is there") {
    Stream s;
    s.run(load(1, 9), {kData});
    s.run(load(1, 9), {kTable});
    s.dsb();
    for (int i = 0; i < 64; ++i) s.run(nop());
    LookupRecord lookup = walk({kTable}, 1, 2);
    lookup.prefetch_step_count = 1;
    lookup.prefetch_slot = 3;
    lookup.prefetch_steps[0] = {u64{1} << 32, 0, 3, false, false};
    const u64 before = s.now();
    s.run(load(1, 9), {kData, 8, lookup});
    CHECK(s.now() - before < 60);
    s.run(load(2, 9), {kData, 8, l2_hit(4, 3)});
    CHECK(s.now() - before > 285);
}
