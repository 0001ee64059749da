// Stores: the queue, forwarding, the drain, DC ZVA and streams.
#include "tests/support/catch.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;
using mmu::Event;

namespace {

constexpr u64 kDataStart = u64{1} << 32;

}  // namespace

TEST_CASE("a load takes its value from a queued store that covers it") {
    Stream s;
    s.run(load(1, 9), {0x80000});
    const u64 cycles = s.cycles_of(100, [&] {
        s.run(store(1, 9), {0x80000});
        s.run(load(1, 9), {0x80000});
    });
    CHECK(s.count(Event::SIM_LOAD_FORWARDED) >= 100);
    CHECK(cycles == 100 * (1 + 5));  // the store executes, then forwarding takes 5
}

TEST_CASE("a load that a queued store covers in part waits until the store is in L1D") {
    Stream s;
    s.run(load(1, 9), {0x80000});
    const u64 whole = s.cycles_of(100, [&] {
        s.run(store(1, 9), {0x80000, 8});
        s.run(load(1, 9), {0x80000, 8});
    });
    const u64 forwarded = s.count(Event::SIM_LOAD_FORWARDED);
    const u64 part = s.cycles_of(100, [&] {
        s.run(store(1, 9), {0x80000, 4});
        s.run(load(1, 9), {0x80000, 8});
    });
    CHECK(s.count(Event::SIM_LOAD_FORWARDED) == forwarded);
    CHECK(part > whole);
}

TEST_CASE("a load is not served by a store to other bytes of the same granule") {
    Stream s;
    s.run(load(1, 9), {0x80000});
    s.run(store(1, 9), {0x80000, 4});
    s.run(load(1, 9), {0x80004, 4});
    CHECK(s.count(Event::SIM_LOAD_FORWARDED) == 0);
}

TEST_CASE("a pair is forwarded to a load of its second half") {
    Stream s;
    s.run(load(1, 9), {0x80000});
    s.run({OpClass::StorePair, {}, {1, 9}}, {0x80000, 16});
    s.run(load(1, 9), {0x80008, 8});
    CHECK(s.count(Event::SIM_LOAD_FORWARDED) == 1);
}

TEST_CASE("a store that left the queue long ago forwards nothing") {
    Stream s;
    s.run(load(1, 9), {0x80000});
    s.run(store(1, 9), {0x80000});
    for (int i = 0; i < 200; ++i) s.run(nop());
    s.run(load(1, 9), {0x80000});
    CHECK(s.count(Event::SIM_LOAD_FORWARDED) == 0);
}

TEST_CASE("stores that miss do not hold back other instructions until the queue is full") {
    const auto cycles_of = [](int stores) {
        Stream s;
        u64 pa = kDataStart;
        const u64 before = s.now();
        for (int i = 0; i < stores; ++i) s.run(store(1, 9), {pa += 4096});
        return s.now() - before;
    };
    CHECK(cycles_of(44) <= 50);
    CHECK(cycles_of(60) >= 285);
}

TEST_CASE("misses of queued stores overlap") {
    Stream s;
    u64 pa = kDataStart;
    const u64 cycles = s.cycles_of(1000, [&] { s.run(store(1, 9), {pa += 4096}); });
    CHECK(cycles < 1000 * 285 / 10);
    CHECK(cycles > 1000 * 285 / 25);  // 20 outstanding lines
}

TEST_CASE("DC ZVA claims lines without reading them") {
    Stream s;
    const u64 before = s.count(Event::LL_CACHE_RD);
    u64 pa = kDataStart;
    const u64 cycles = s.cycles_of(64, [&] { s.run({OpClass::DcZva, {}, {9}}, {pa += 64, 64}); });
    CHECK(s.count(Event::LL_CACHE_RD) == before);
    CHECK(cycles <= 64 * 2 + 10);
    const u64 refills = s.count(Event::L1D_CACHE_REFILL);
    s.run(load(1, 9), {pa});
    CHECK(s.count(Event::L1D_CACHE_REFILL) == refills);
}

TEST_CASE("zeroed lines that leave the caches cost DRAM bandwidth") {
    TimingConfig config = without_prefetch();
    config.memory.l2 = {128 << 10, 8};
    config.memory.llc = {256 << 10, 16};
    config.memory.dram_gb_per_s = 3;
    Stream s{config};
    u64 pa = kDataStart;
    for (int i = 0; i < 20000; ++i) s.run({OpClass::DcZva, {}, {9}}, {pa += 64, 64});
    // Their writes queue for the channel, and a read now has to wait behind them.
    const u64 before = s.now();
    s.run(load(1, 9), {kDataStart << 1});
    CHECK(s.now() - before > 285 + 64);
}

TEST_CASE("a long run of ascending stores stops reading the lines it overwrites") {
    Stream s;
    const u64 before = s.count(Event::LL_CACHE_RD);
    for (u64 offset = 0; offset < 64 << 10; offset += 16) {
        s.run({OpClass::StorePair, {}, {1, 9}}, {kDataStart + offset, 16});
    }
    CHECK(s.count(Event::LL_CACHE_RD) == before + 4);  // the 256 bytes that reveal the run
}

TEST_CASE("scattered stores read their lines") {
    Stream s;
    const u64 before = s.count(Event::LL_CACHE_RD);
    for (u64 i = 0; i < 100; ++i) s.run(store(1, 9), {kDataStart + i * 128});
    CHECK(s.count(Event::LL_CACHE_RD) == before + 100);
}

TEST_CASE("a store across a page costs what the core needs to write both halves") {
    mmu::Counters counters;
    OutOfOrderPipeline pipeline{TimingConfig{}, counters};
    DecodedOp op;
    op.timing.op_class = OpClass::Store;
    InstructionRecord record;
    record.op = &op;
    record.access_count = 2;
    record.access[0] = {0x80ffc, 0x80ffc, 4, mmu::AccessKind::Store, kWriteBack, nullptr};
    record.access[1] = {0x81000, 0x81000, 4, mmu::AccessKind::Store, kWriteBack, nullptr};
    pipeline.consume(record);
    CHECK(pipeline.now() == 13);
}

TEST_CASE("atomics wait to be the oldest and take their latency one after the other") {
    Stream s;
    s.run(load(1, 9), {0x80000});
    CHECK(s.cycles_of(100, [&] { s.run({OpClass::Atomic, {1}, {2, 9}}, {0x80000}); }) == 800);
}

TEST_CASE("a load after an atomic to the same address sees it done") {
    Stream s;
    s.run(load(1, 9), {0x80000});
    s.run(load(1, 9), {0x80100});
    const auto pair = [&](u64 pa) {
        return s.cycles_of(50, [&] {
            s.run({OpClass::Atomic, {1}, {2, 9}}, {0x80000});
            s.run(load(3, 9), {pa});
            s.run({OpClass::Div64, {4}, {3}});
        });
    };
    CHECK(pair(0x80000) > pair(0x80100));
}
