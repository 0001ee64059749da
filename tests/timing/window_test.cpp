// Widths, latencies, ports and the reorder window.
#include "tests/support/catch.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;

TEST_CASE("a chain of single-cycle operations takes one cycle each") {
    Stream s;
    CHECK(s.cycles_of(1000, [&] { s.run(alu(1, {1})); }) == 1000);
}

TEST_CASE("instructions that need no port pass four per cycle") {
    Stream s;
    CHECK(s.cycles_of(1000, [&] {
        for (int i = 0; i < 4; ++i) s.run(nop());
    }) == 1000);
}

TEST_CASE("the dispatch width limits throughput") {
    TimingConfig config = without_prefetch();
    config.core.dispatch_width = 2;
    Stream s{config};
    CHECK(s.cycles_of(1000, [&] {
        for (int i = 0; i < 4; ++i) s.run(nop());
    }) == 2000);
}

TEST_CASE("independent single-cycle operations share three ports") {
    Stream s;
    const u64 cycles = s.cycles_of(1000, [&] {
        for (u8 r = 0; r < 12; ++r) s.run(alu(r));
    });
    CHECK(cycles == 4000);
}

TEST_CASE("multiplications have one of the integer ports") {
    Stream s;
    const Instruction mul{OpClass::Mul32, {1}, {2}};
    CHECK(s.cycles_of(1000, [&] { s.run(mul); }) == 1000);
    // Beside one multiplication per cycle two other operations fit, not three.
    CHECK(s.cycles_of(1000, [&] {
        s.run(mul);
        s.run(alu(3));
        s.run(alu(4));
    }) == 1000);
    CHECK(s.cycles_of(900, [&] {
        s.run(mul);
        s.run(alu(3));
        s.run(alu(4));
        s.run(alu(5));
    }) == 1200);
}

TEST_CASE("dependent operations wait for the latency of their class") {
    const auto [op_class, latency] = GENERATE(table<OpClass, u64>({{OpClass::AluShift, 2},
                                                                   {OpClass::Mul32, 2},
                                                                   {OpClass::Mul64, 4},
                                                                   {OpClass::MulHigh, 5},
                                                                   {OpClass::Div32, 12},
                                                                   {OpClass::Div64, 20},
                                                                   {OpClass::FpAdd, 2},
                                                                   {OpClass::FpMul, 3},
                                                                   {OpClass::FpDiv, 15}}));
    Stream s;
    const Instruction chained{op_class, {1}, {1}};
    CHECK(s.cycles_of(100, [&] { s.run(chained); }) == 100 * latency);
}

TEST_CASE("a division keeps its port until it is done") {
    Stream s;
    CHECK(s.cycles_of(100, [&] { s.run({OpClass::Div32, {1}, {2}}); }) == 1200);
}

TEST_CASE("two loads start per cycle") {
    Stream s;
    CHECK(s.cycles_of(1000, [&] {
        for (u8 r = 0; r < 4; ++r) s.run(load(r, 9), {0x80000});
    }) == 2000);
}

TEST_CASE("loads and stores share address generation, and each has its own limit") {
    const auto cycles = [](unsigned addresses, unsigned loads, unsigned stores, int loads_issued, int stores_issued) {
        TimingConfig config;
        config.core.dispatch_width = config.core.commit_width = 16;
        config.core.load_ports = addresses;
        config.core.loads_per_cycle = loads;
        config.core.stores_per_cycle = stores;
        config.core.load_queue = config.core.store_queue = 256;
        config.core.fetch_queue = 256;
        Stream s{config};
        s.run(load(1, 9), {0x80000});
        s.run(store(2, 9), {0x80040});
        s.dsb();
        return s.cycles_of(300, [&] {
            for (int i = 0; i < loads_issued; ++i) s.run(load(1, 9), {0x80000});
            for (int i = 0; i < stores_issued; ++i) s.run(store(2, 9), {0x80040});
        });
    };
    CHECK(cycles(2, 2, 2, 2, 0) == 300);
    CHECK(cycles(2, 1, 1, 2, 0) == 600);   // Cortex-A72
    CHECK(cycles(2, 1, 1, 1, 1) == 300);
    CHECK(cycles(3, 3, 2, 3, 0) == 300);   // Cortex-A78
    CHECK(cycles(3, 2, 1, 2, 1) == 300);
    CHECK(cycles(2, 2, 2, 2, 1) == 450);
}

TEST_CASE("branches that execute on integer ports compete with other operations") {
    const auto cycles = [](bool shares) {
        TimingConfig config;
        config.core.branch_shares_integer = shares;
        config.core.integer_ports = 2;
        Stream s{config};
        return s.cycles_of(400, [&] {
            s.run(alu(1));
            s.run(alu(2));
            s.branch(OpClass::BranchCond, 0, false);
        });
    };
    CHECK(cycles(false) == 400);
    CHECK(cycles(true) == 600);
}

TEST_CASE("a store's address does not wait for its data") {
    // The store's walk and a load behind it: only the data comes late.
    const auto cycles = [](u8 data, u8 base) {
        Stream s;
        s.run(load(1, 9), {0x80000});
        const u64 before = s.now();
        s.run({OpClass::Div64, {3}, {4}});
        s.run({OpClass::Store, {}, {base, data}}, {0x90000, 8, walk({0x91000})});
        s.dsb(BarrierDomain::NonShareable);
        return s.now() - before;
    };
    const u64 data_late = cycles(3, 9);
    const u64 address_late = cycles(9, 3);
    CHECK(address_late == data_late + 20);  // the division and the walk follow each other
}

TEST_CASE("store data has ports of its own") {
    TimingConfig config;
    config.core.store_data_ports = 1;
    config.core.store_queue = 256;
    Stream s{config};
    s.run(store(2, 9), {0x80000});
    CHECK(s.cycles_of(300, [&] {
        for (int i = 0; i < 2; ++i) s.run(store(2, 9), {0x80000});
    }) == 600);
}

TEST_CASE("a load that hits L1D has its value after four cycles") {
    Stream s;
    CHECK(s.cycles_of(100, [&] { s.run(load(1, 1), {0x80000}); }) == 400);
}

TEST_CASE("a written-back base register does not wait for the loaded value") {
    mmu::Counters counters;
    OutOfOrderPipeline pipeline{TimingConfig{}, counters};
    DecodedOp op;
    op.timing = {OpClass::Load, 1, 2, {1}, {2, 1}, 1};
    InstructionRecord record;
    record.op = &op;
    record.access_count = 1;
    record.access[0] = {0x80000, 0x80000, 8, mmu::AccessKind::Load, kWriteBack, nullptr};
    pipeline.consume(record);
    for (int i = 0; i < 2000; ++i) pipeline.consume(record);
    const u64 before = pipeline.now();
    for (int i = 0; i < 1000; ++i) pipeline.consume(record);
    CHECK(pipeline.now() - before == 1000);
}

TEST_CASE("the window holds 128 instructions behind a stalled one") {
    const auto cycles_with = [](int others) {
        Stream s;
        u64 pa = u64{1} << 32;
        return s.cycles_of(20, [&] {
            // Two misses to DRAM, `others` instructions apart: they overlap while both fit the window.
            for (int half = 0; half < 2; ++half) {
                s.run(load(1, 9), {pa += 1 << 20});
                for (int i = 0; i < others; ++i) s.run(nop());
            }
            s.dsb(BarrierDomain::NonShareable);
        });
    };
    const u64 overlapped = cycles_with(100);
    const u64 serial = cycles_with(140);
    CHECK(serial > overlapped + 20 * 200);
}

TEST_CASE("a younger independent load is not delayed by an older stalled one") {
    // The older load waits for a chain of divisions; the younger needs the same port, and starts at once.
    Stream s;
    s.run(load(5, 9), {0x80000});
    s.run(load(5, 9), {0x90000});
    s.dsb();
    for (int i = 0; i < 10; ++i) s.run({OpClass::Div64, {1}, {1}});
    s.run(load(2, 1), {0x80000});
    const u64 chain_begins = s.now();
    s.run(load(3, 9), {0x90000});
    for (int i = 0; i < 45; ++i) s.run(load(3, 3), {0x90000});  // 180 cycles, hidden behind 200 of division
    CHECK(s.now() - chain_begins <= 20);
}

TEST_CASE("a younger load is not delayed by an older stalled one that touches the same new page and line first") {
    Stream s;
    const Access access{u64{1} << 32, 8, walk({0x70000}, 3, 4)};
    Access second = access;
    second.lookup = l1_hit(3);
    s.run(load(5, 9), {0x70000});
    s.dsb();
    for (int i = 0; i < 100; ++i) s.run({OpClass::Div64, {1}, {1}});
    s.run(load(2, 1), access);  // its turn comes after 2000 cycles
    const u64 stalled = s.now();
    s.run(load(3, 9), second);  // its operands are there now: it would walk and miss itself
    for (int i = 0; i < 20; ++i) s.run(load(3, 3), {0x70000});
    CHECK(s.now() - stalled <= 6);
}

TEST_CASE("equal instructions give equal times") {
    const auto trace = [] {
        Stream s;
        std::vector<u64> stamps;
        u64 seed = 1;
        for (int i = 0; i < 5000; ++i) {
            seed = seed * 6364136223846793005 + 1442695040888963407;
            const u64 pa = (seed >> 33) & 0xfffff8;
            switch (seed >> 61) {
                case 0: s.run(store(1, 2), {pa}); break;
                case 1: s.run(load(static_cast<u8>(seed >> 40 & 7), 3), {pa, 8, walk({pa & ~u64{7}}, 1, 2)}); break;
                case 2: s.branch(OpClass::BranchCond, 0x1000, (seed >> 50 & 1) != 0); break;
                case 3: s.run({OpClass::Mul64, {3}, {1, 2}}); break;
                default: s.run(alu(static_cast<u8>(seed >> 40 & 7), {static_cast<u8>(seed >> 45 & 7)})); break;
            }
            stamps.push_back(s.now());
        }
        return stamps;
    };
    CHECK(trace() == trace());
}

TEST_CASE("cycles are counted at the level they pass at, and add up") {
    Stream s;
    const u64 at_el1 = s.now();
    s.set_el(0);
    for (int i = 0; i < 100; ++i) s.run(alu(1, {1}));
    s.set_el(1);
    for (int i = 0; i < 50; ++i) s.run(alu(1, {1}));
    CHECK(s.count(mmu::Event::CPU_CYCLES, 0) >= 100);
    CHECK(s.count(mmu::Event::CPU_CYCLES, 0) <= 102);
    CHECK(s.count(mmu::Event::CPU_CYCLES, 1) == s.now() - s.count(mmu::Event::CPU_CYCLES, 0));
    CHECK(s.count(mmu::Event::CPU_CYCLES, 1) >= at_el1);
}
