// Loads, stores and translations of an in-order core: what waits, and for how long.
#include "tests/support/catch.h"
#include "tests/timing/in_order_cores.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;
using mmu::Event;

namespace {

constexpr u64 kLine = 0x80000;
constexpr u64 kFar = u64{1} << 32;

TimingConfig with_misses(MissPolicy policy) {
    TimingConfig config = cortex_a53();
    config.core.in_order.misses = policy;
    return config;
}

u64 dram_cycles(const TimingConfig& config) { return config.cycles_of_ns(config.memory.dram_latency_ns); }

// A line, page and set of its own for each number.
u64 far_line(u64 number) { return kFar + number * (4096 + 64); }

// From the first of `misses` independent loads to the first use of the last one's value.
u64 cycles_of_misses(const TimingConfig& config, u64 misses) {
    Stream s{config};
    s.dsb();
    const u64 start = s.now();
    for (u64 i = 0; i < misses; ++i) s.run(load(1, 9), {far_line(i)});
    s.run(load(2, 1), {far_line(0)});
    CHECK(s.count(Event::L1D_CACHE_REFILL) == misses);
    return s.now() - start;
}

}  // namespace

TEST_CASE("in order, blocking: misses follow one another") {
    const TimingConfig config = with_misses(MissPolicy::Blocking);
    const u64 dram = dram_cycles(config);
    for (const u64 misses : {u64{1}, u64{2}, u64{5}}) CHECK(cycles_of_misses(config, misses) == misses * dram);
}

TEST_CASE("in order, hit under miss: as many misses overlap as there are miss registers") {
    const TimingConfig config = with_misses(MissPolicy::HitUnderMiss);
    const u64 dram = dram_cycles(config);
    REQUIRE(config.memory.l1d_misses.mid == 2);
    CHECK(cycles_of_misses(config, 1) == dram);
    CHECK(cycles_of_misses(config, 2) == dram + 1);      // the second issues a cycle later
    CHECK(cycles_of_misses(config, 3) == 2 * dram);      // the third takes the first one's register
    CHECK(cycles_of_misses(config, 4) == 2 * dram + 1);
}

TEST_CASE("in order: what does not use the value of a miss goes on only under a miss that does not block") {
    const auto behind_a_miss = [](MissPolicy policy) {
        Stream s{with_misses(policy)};
        s.run(load(3, 9), {kLine});
        s.dsb();
        const u64 start = s.now();
        s.run(load(1, 9), {far_line(1)});
        for (int i = 0; i < 10; ++i) s.run(load(3, 3), {kLine});  // hits, each the address of the next
        return s.now() - start;
    };
    const TimingConfig config = cortex_a53();
    CHECK(behind_a_miss(MissPolicy::HitUnderMiss) == 1 + 9 * config.memory.l1d_latency);
    CHECK(behind_a_miss(MissPolicy::Blocking) == dram_cycles(config) + 9 * config.memory.l1d_latency);
}

TEST_CASE("in order: loads of one line under way share a miss register") {
    Stream s{cortex_a53()};
    s.dsb();
    const u64 start = s.now();
    for (u64 i = 0; i < 8; ++i) s.run(load(1, 9), {far_line(1) + i * 8});
    CHECK(s.now() - start == 7);
    CHECK(s.count(Event::L1D_CACHE_REFILL) == 1);
}

TEST_CASE("in order: a micro-TLB miss holds everything behind it") {
    const TimingConfig config = cortex_a53();
    const auto held_by = [&](const LookupRecord& lookup) {
        Stream s{config};
        s.run(load(3, 9), {kLine});
        s.run(load(3, 9), {0x70000});
        s.dsb();
        const u64 start = s.now();
        s.run(load(1, 9), {kLine, 8, lookup});
        s.run(alu(2));
        return s.now() - start;
    };
    CHECK(held_by(l1_hit()) == 0);  // the two pair
    CHECK(held_by(l2_hit()) == config.translation.l2_hit_penalty);
    const u64 walked = config.translation.l2_hit_penalty + config.translation.walk_overhead.mid;
    CHECK(held_by(walk({0x70000})) == walked + config.memory.l1d_latency);
    CHECK(held_by(walk({0x70000, 0x70008})) == walked + 2 * config.memory.l1d_latency);
}

TEST_CASE("in order: a store that finds the store buffer full waits for the oldest to reach L1D") {
    const TimingConfig config = cortex_a53();
    Stream s{config};
    s.dsb();
    const u64 start = s.now();
    for (u64 i = 0; i < config.core.store_queue; ++i) s.run(store(1, 9), {far_line(i)});
    CHECK(s.now() - start == config.core.store_queue - 1);
    s.run(store(1, 9), {far_line(100)});
    // The first left the pipeline a cycle after it issued, and had its line after DRAM's latency, of which the way from
    // L1D to a register is no part; then it took a cycle to write.
    const u64 first_drained = 1 + dram_cycles(config) - config.memory.l1d_latency + 1;
    CHECK(s.now() - start == first_drained);
    CHECK(s.ledger().cells().total(Cause::Store) >= first_drained - config.core.store_queue);
}

TEST_CASE("in order: a load takes its value from a buffered store that has all of it") {
    const TimingConfig config = cortex_a53();
    const auto use_after_store = [&](const Access& read) {
        Stream s{config};
        s.run(load(3, 9), {kLine});
        s.dsb();
        s.run(store(1, 9), {far_line(1), 8});
        const u64 issued = s.now();
        s.run(load(2, 9), read);
        s.run(load(3, 2), {kLine});
        return s.now() - issued;
    };
    CHECK(use_after_store({far_line(1), 8}) == 1 + config.core.latency.store_forward);
    CHECK(use_after_store({far_line(1) + 4, 8}) > dram_cycles(config));  // half of it is in the line only
}

TEST_CASE("in order: a DSB waits for loads and stores under way") {
    const TimingConfig config = cortex_a53();
    const u64 alone = config.core.dsb_nsh.mid;
    const auto dsb_after = [&](auto&& what, BarrierTypes types) {
        Stream s{config};
        s.dsb();
        const u64 start = s.now();
        what(s);
        s.dsb(BarrierDomain::NonShareable, types);
        return s.now() - start;
    };
    const auto miss = [](Stream& s) { s.run(load(1, 9), {far_line(1)}); };
    const auto write = [](Stream& s) { s.run(store(1, 9), {far_line(1)}); };
    CHECK(dsb_after([](Stream&) {}, BarrierTypes::All) == alone);
    CHECK(dsb_after(miss, BarrierTypes::All) == dram_cycles(config) + alone);
    CHECK(dsb_after(write, BarrierTypes::All) > dram_cycles(config) - config.memory.l1d_latency + alone);
    CHECK(dsb_after(write, BarrierTypes::Reads) <= alone + 1);
}

TEST_CASE("in order: Device reads follow one another") {
    const TimingConfig config = cortex_a53();
    Stream s{config};
    const u64 device = config.cycles_of_ns(config.memory.device_latency_ns);
    CHECK(s.cycles_of(10, [&] { s.run(load(1, 9), {0x9000000, 4, {}, 0x00}); }) == 10 * device);
}

TEST_CASE("in order: a prefetch keeps nothing waiting") {
    Stream s{cortex_a53()};
    s.dsb();
    const u64 start = s.now();
    s.run({OpClass::Prefetch, {}, {9}}, {far_line(1), 8, walk({far_line(2)})});
    s.run(alu(1));
    CHECK(s.now() == start);
    CHECK(s.count(Event::L1D_CACHE_REFILL) == 2);
}
