// TLB maintenance, barriers, exceptions: instructions that wait.
#include "tests/support/catch.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;
using arch::Shareability;
using mmu::Event;

namespace {

constexpr u64 kFar = u64{1} << 32;

u64 flush_cycles(const TimingConfig& config, int tlbis, Shareability shareability, BarrierDomain domain) {
    Stream s{config};
    return s.cycles_of(10, [&] {
        for (int i = 0; i < tlbis; ++i) s.tlbi(shareability);
        s.dsb(domain);
    });
}

}  // namespace

TEST_CASE("sixteen broadcast TLBIs and their DSB cost their issue and one round trip") {
    CHECK(flush_cycles({}, 16, Shareability::InnerShareable, BarrierDomain::InnerShareable) == 10 * (16 * 21 + 200));
    CHECK(flush_cycles({}, 1, Shareability::InnerShareable, BarrierDomain::InnerShareable) == 10 * (21 + 200));
}

TEST_CASE("local TLBIs cost less and need no round trip") {
    CHECK(flush_cycles({}, 16, Shareability::NonShareable, BarrierDomain::NonShareable) == 10 * (16 * 9 + 20));
    CHECK(flush_cycles({}, 16, Shareability::NonShareable, BarrierDomain::InnerShareable) == 10 * (16 * 9 + 20));
}

TEST_CASE("a DSB that cannot complete a broadcast leaves the round trip to the next one that can") {
    Stream s;
    s.tlbi(Shareability::InnerShareable);
    const auto cycles = [&](BarrierDomain domain, BarrierTypes types) {
        const u64 before = s.now();
        s.dsb(domain, types);
        return s.now() - before;
    };
    CHECK(cycles(BarrierDomain::NonShareable, BarrierTypes::All) == 20);
    CHECK(cycles(BarrierDomain::InnerShareable, BarrierTypes::Writes) == 20);
    CHECK(cycles(BarrierDomain::InnerShareable, BarrierTypes::All) == 200);
    CHECK(cycles(BarrierDomain::InnerShareable, BarrierTypes::All) == 20);
}

TEST_CASE("concurrent issuers share the DVM channel") {
    TimingConfig config = without_prefetch();
    const auto flush = [&] {
        return flush_cycles(config, 16, Shareability::InnerShareable, BarrierDomain::InnerShareable);
    };
    const u64 alone = flush();
    config.dvm.issuers = 32;
    CHECK(flush() > 25 * alone);
    CHECK(flush() < 35 * alone);
    CHECK(flush_cycles(config, 16, Shareability::NonShareable, BarrierDomain::NonShareable) == 10 * (16 * 9 + 20));
}

TEST_CASE("the round trip grows slowly with the number of PEs") {
    TimingConfig config = without_prefetch();
    const auto sync = [&](unsigned pes) {
        config.dvm.pes = pes;
        return flush_cycles(config, 1, Shareability::InnerShareable, BarrierDomain::InnerShareable);
    };
    const u64 at20 = sync(20);
    const u64 at80 = sync(80);
    CHECK(at20 < at80);
    CHECK(at80 < 2 * at20);
}

TEST_CASE("a DSB waits until earlier stores are in L1D") {
    Stream s;
    s.run(store(1, 9), {kFar});
    const u64 before = s.now();
    s.dsb(BarrierDomain::NonShareable, BarrierTypes::Writes);
    CHECK(s.now() - before >= 285);
    s.run(store(1, 9), {kFar + 4096});
    const u64 reads_before = s.now();
    s.dsb(BarrierDomain::NonShareable, BarrierTypes::Reads);
    CHECK(s.now() - reads_before == 20);
}

TEST_CASE("nothing after a DSB begins before it is done") {
    Stream s;
    s.run(load(1, 9), {0x80000});
    const u64 cycles = s.cycles_of(10, [&] {
        s.dsb(BarrierDomain::NonShareable);
        s.run(load(2, 9), {0x80000});
    });
    CHECK(cycles == 10 * (20 + 4));
}

TEST_CASE("the cycles of a DSB are counted") {
    Stream s;
    s.dsb(BarrierDomain::NonShareable);
    CHECK(s.count(Event::SIM_DSB_CYCLES) == 20);
    s.tlbi(Shareability::InnerShareable);
    s.dsb();
    CHECK(s.count(Event::SIM_DSB_CYCLES) == 220);
}

TEST_CASE("a full DMB holds later loads until earlier stores are in L1D, one for stores does not") {
    const auto cycles_with = [](BarrierTypes types) {
        Stream s;
        s.run(load(1, 9), {0x80000});
        s.run(store(1, 9), {kFar});
        s.dmb(types);
        const u64 before = s.now();
        s.run(load(2, 9), {0x80000});
        return s.now() - before;
    };
    CHECK(cycles_with(BarrierTypes::All) >= 285);
    CHECK(cycles_with(BarrierTypes::Writes) <= 10);
    CHECK(cycles_with(BarrierTypes::Reads) <= 10);
}

TEST_CASE("loads after a load-acquire wait for it") {
    const auto cycles_with = [](OpClass op_class) {
        Stream s;
        s.run(load(1, 9), {0x80000});
        return s.cycles_of(100, [&] { s.run({op_class, {1}, {9}}, {0x80000}); });
    };
    CHECK(cycles_with(OpClass::Load) == 50);
    CHECK(cycles_with(OpClass::LoadAcquire) == 400);
}

TEST_CASE("a load-acquire waits for an earlier store-release") {
    const auto cycles_with = [](OpClass op_class) {
        Stream s;
        s.run(load(1, 9), {0x80000});
        s.run({op_class, {}, {1, 9}}, {kFar});
        const u64 before = s.now();
        s.run({OpClass::LoadAcquire, {1}, {9}}, {0x80000});
        return s.now() - before;
    };
    CHECK(cycles_with(OpClass::StoreRelease) >= 285);
    CHECK(cycles_with(OpClass::Store) <= 10);
}

TEST_CASE("an ISB refetches what follows") {
    Stream s;
    CHECK(s.cycles_of(10, [&] { s.run({OpClass::Isb, {}, {}}); }) == 310);
}

TEST_CASE("taking an exception and returning cost their flushes") {
    Stream s;
    s.set_el(0);
    const u64 cycles = s.cycles_of(10, [&] {
        s.exception(0x1400);
        s.eret(0x1000, 0);
    });
    CHECK(cycles == 10 * (1 + 30 + 1 + 30));
}

TEST_CASE("an interrupt costs its flush although no instruction executed") {
    Stream s;
    for (int i = 0; i < 8; ++i) s.run(nop());
    const u64 before = s.now();
    s.interrupt(0x1480);
    CHECK(s.now() == before);
    s.run(nop());
    CHECK(s.now() - before == 31);
}

TEST_CASE("a fetch that faults takes its exception") {
    mmu::Counters counters;
    OutOfOrderPipeline pipeline{TimingConfig{}, counters};
    const DecodedOp none;
    InstructionRecord record;
    record.op = &none;
    record.exception = true;
    record.exception_class = 0x20;
    record.fetch_looked_up = true;
    record.fetch = l2_hit();
    record.fetch.faulted = true;
    pipeline.consume(record);
    CHECK(pipeline.now() == 7);
    CHECK(counters.by_el[0][Event::L1I_CACHE] == 0);
}

TEST_CASE("a system register write waits to be the oldest, a read does not") {
    Stream s;
    CHECK(s.cycles_of(100, [&] { s.run({OpClass::Msr, {}, {1}}); }) == 400);
    CHECK(s.cycles_of(100, [&] { s.run({OpClass::Mrs, {2}, {}}); }) <= 26);
}
