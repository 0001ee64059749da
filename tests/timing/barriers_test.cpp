// TLB maintenance, barriers, exceptions: instructions that wait.
#include <cmath>

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

TEST_CASE("a TLBI completes on its own while what follows goes on") {
    Stream s;
    const auto cycles = [&](int between) {
        const u64 before = s.now();
        s.tlbi(Shareability::InnerShareable);
        for (int i = 0; i < between; ++i) s.run(alu(1, {1}));
        s.dsb();
        return s.now() - before;
    };
    CHECK(cycles(0) == 21 + 200);
    CHECK(cycles(15) == 21 + 200);
    CHECK(cycles(40) == 40 + 200);  // they began beside it
}

TEST_CASE("TLBIs wait in the pipeline only when as many are under way as the core keeps") {
    TimingConfig config;
    config.core.tlbi_outstanding = 4;
    Stream s{config};
    const u64 before = s.now();
    for (int i = 0; i < 4; ++i) s.tlbi(Shareability::InnerShareable);
    CHECK(s.now() - before == 4);
    s.tlbi(Shareability::InnerShareable);
    CHECK(s.now() - before == 21 + 1);  // when the first is complete
    s.dsb();
    CHECK(s.now() - before == 5 * 21 + 200);
}

TEST_CASE("local and broadcast TLBIs do not wait for each other") {
    Stream s;
    const u64 before = s.now();
    for (int i = 0; i < 8; ++i) {
        s.tlbi(Shareability::InnerShareable);
        s.tlbi(Shareability::NonShareable);
    }
    s.dsb(BarrierDomain::NonShareable);
    CHECK(s.now() - before == 8 * 9 + 20 + 1);  // the local ones alone, the first behind one hand-over
}

TEST_CASE("a range TLBI costs what the profile adds to a single one, however long the range") {
    TimingConfig config;
    config.core.tlbi_range = {0, 12, 20};
    const auto cycles = [&](bool range) {
        Stream s{config};
        return s.cycles_of(10, [&] {
            for (int i = 0; i < 4; ++i) s.tlbi(Shareability::InnerShareable, range);
            s.dsb();
        });
    };
    CHECK(cycles(false) == 10 * (4 * 21 + 200));
    CHECK(cycles(true) == 10 * (4 * 33 + 200));
}

TEST_CASE("an IC by address is a broadcast that a DSB completes, a DC is not") {
    const auto cycles_of = [](u32 crm) {
        Stream s;
        s.run(load(1, 9), {0x80000});
        const u64 before = s.now();
        s.run({OpClass::CacheMaintenance, {}, {9}, crm << 8}, {0x80000});
        s.dsb();
        return s.now() - before;
    };
    CHECK(cycles_of(5) >= 21 + 200);   // IC IVAU
    CHECK(cycles_of(11) <= 10 + 20 + 2);  // DC CVAU
}

TEST_CASE("a DSB waits for the accesses that it names") {
    const auto cycles = [](bool is_load, BarrierTypes types) {
        Stream s;
        s.run(is_load ? load(1, 9) : store(1, 9), {kFar});
        const u64 before = s.now();
        s.dsb(BarrierDomain::NonShareable, types);
        return s.now() - before;
    };
    CHECK(cycles(false, BarrierTypes::Writes) >= 285);
    CHECK(cycles(false, BarrierTypes::Reads) == 20);
    CHECK(cycles(false, BarrierTypes::All) >= 285);
    CHECK(cycles(true, BarrierTypes::Reads) <= 20);  // it committed, so its value is there
}

TEST_CASE("the cost of a broadcast grows with the PEs that answer and with those that issue") {
    u64 last = 0;
    for (const unsigned pes : {1U, 4U, 16U, 80U}) {
        TimingConfig config;
        config.dvm.pes = pes;
        const u64 one = flush_cycles(config, 1, Shareability::InnerShareable, BarrierDomain::InnerShareable);
        CHECK(one > last);
        // The mesh's edge: local drain and the rest times sqrt(pes / 80), after the TLBI itself.
        CHECK(static_cast<double>(one) == Approx(10 * (21 + 20 + 180 * std::sqrt(pes / 80.0))).margin(10));
        last = one;
        u64 alone = 0;
        for (const unsigned issuers : {1U, 2U, 8U}) {
            config.dvm.issuers = issuers;
            const u64 shared = flush_cycles(config, 16, Shareability::InnerShareable, BarrierDomain::InnerShareable);
            if (issuers == 1) alone = shared;
            CHECK(shared >= alone * issuers - 10 * 20 * issuers);
            CHECK(shared <= alone * issuers);
            CHECK(flush_cycles(config, 4, Shareability::NonShareable, BarrierDomain::NonShareable) == 10 * (4 * 9 + 20));
        }
    }
}

TEST_CASE("a system of as many PEs as the figure is stated for has that figure") {
    for (const unsigned pes : {4U, 128U}) {
        TimingConfig config;
        config.dvm.pes = config.dvm.reference_pes = pes;
        CHECK(flush_cycles(config, 1, Shareability::InnerShareable, BarrierDomain::InnerShareable) == 10 * (21 + 200));
    }
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
    // The TLBI was handed over in one cycle; the DSB waits for the rest of it too.
    CHECK(s.count(Event::SIM_DSB_CYCLES) == 20 + (21 - 1) + 200);
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

TEST_CASE("system registers cost what their kind costs") {
    // op0, op1, CRn, CRm, op2 in the places that MRS and MSR have for them.
    const auto system = [](bool read, u32 op0, u32 op1, u32 crn, u32 crm, u32 op2) {
        const u32 word = 0xd500'0000 | u32{read} << 21 | op0 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5;
        return read ? Instruction{OpClass::Mrs, {2}, {}, word} : Instruction{OpClass::Msr, {}, {1}, word};
    };
    const auto chain = [](const Instruction& i) {  // a read and an operation on it, or a write
        Stream s;
        return s.cycles_of(100, [&] { s.run(i); }) / 100;
    };
    CHECK(chain(system(false, 3, 0, 2, 0, 0)) == 8);   // TTBR0_EL1
    CHECK(chain(system(false, 3, 0, 1, 0, 0)) == 8);   // SCTLR_EL1
    CHECK(chain(system(false, 3, 0, 4, 0, 1)) == 4);   // ELR_EL1
    CHECK(chain(system(false, 0, 3, 4, 15, 6)) == 4);  // DAIFSet
    CHECK(chain(system(false, 3, 3, 4, 2, 1)) == 4);   // DAIF
    CHECK(chain(system(false, 3, 3, 13, 0, 2)) == 0);  // TPIDR_EL0 waits for nobody

    const auto until_read = [](const Instruction& i) {
        Stream s;
        const u64 before = s.now();
        s.run(i);
        return s.now() - before;
    };
    const u64 renamed = until_read(system(true, 3, 3, 13, 0, 2));
    CHECK(until_read(system(true, 3, 0, 5, 2, 0)) == renamed + 1);    // ESR_EL1
    CHECK(until_read(system(true, 3, 3, 14, 0, 2)) == renamed + 14);  // CNTVCT_EL0
    CHECK(until_read(system(true, 3, 0, 0, 7, 0)) == renamed + 14);   // ID_AA64MMFR0_EL1
    CHECK(until_read(system(true, 3, 3, 4, 2, 1)) == renamed);        // DAIF
}

TEST_CASE("a load-acquire of processor consistency does not wait for an earlier store-release") {
    const auto cycles_with = [](u32 word) {
        Stream s;
        s.run(load(1, 9), {0x80000});
        s.run({OpClass::StoreRelease, {}, {1, 9}}, {kFar});
        const u64 before = s.now();
        s.run({OpClass::LoadAcquire, {1}, {9}, word}, {0x80000});
        return s.now() - before;
    };
    CHECK(cycles_with(0xc8df'fc00) >= 285);  // LDAR
    CHECK(cycles_with(0xf8bf'c000) <= 10);   // LDAPR
    CHECK(cycles_with(0xd940'0000) <= 10);   // LDAPUR
}
