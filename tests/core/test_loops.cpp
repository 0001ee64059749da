// The loops agree: plain, single-step and recording; threaded or not; memos on or off. And they stop exactly.
#include "emu/core/exec/handlers.h"
#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;

namespace {

// A program with loads, stores, pairs, crossings, branches between pages, exclusives, atomics, exceptions and TLBIs.
struct Work {
    explicit Work(const MachineConfig& config = {}) : m{config} {
        PageTables tables{m};
        tables.map_kernel();
        tables.enable();
        m.load("returning_vectors", kVectors);
        m.load("mixed_work");
        m.x(0) = 600;
        m.x(1) = kData;
        m.core.pe.pc = kCode;
    }
    TestMachine m;
};

u64 hash_after(const MachineConfig& config, Loop loop, u64 limit) {
    Work work{config};
    (void)work.m.resume(loop, limit);
    return work.m.state_hash();
}

MachineConfig unthreaded() {
    MachineConfig config;
    config.core.threaded = false;
    return config;
}
MachineConfig without_memos() {
    MachineConfig config;
    config.mmu.host_tlb = false;
    return config;
}

struct Collect {
    void consume(const emu::InstructionRecord& record) {
        records.push_back({record.pc, record.next_pc, record.taken, record.exception, record.fetch_looked_up,
                           record.barrier == emu::BarrierKind::Isb, record.exception_class});
        if (record.access_count > 0) sources.push_back(record.lookups[0].source);
    }
    struct Item {
        u64 pc, next_pc;
        bool taken, exception, fetch, isb;
        unsigned exception_class;
    };
    std::vector<Item> records;
    std::vector<mmu::LookupRecord::Source> sources;
};

}  // namespace

TEST_CASE("every loop ends in the same state with the same counts") {
    const auto limit = GENERATE(as<u64>{}, 1, 7, 1000, 1024, 1025, 5003, 1000000);
    const u64 expected = hash_after({}, Loop::Plain, limit);
    CHECK(hash_after({}, Loop::SingleStep, limit) == expected);
    CHECK(hash_after({}, Loop::Recording, limit) == expected);
    CHECK(hash_after(unthreaded(), Loop::Plain, limit) == expected);
    CHECK(hash_after(without_memos(), Loop::Plain, limit) == expected);
    CHECK(hash_after(without_memos(), Loop::Recording, limit) == expected);
}

TEST_CASE("the state hash notices one register, one byte of memory and one count") {
    Work a;
    Work b;
    REQUIRE(a.m.state_hash() == b.m.state_hash());
    b.m.x(17) ^= 1;
    CHECK(a.m.state_hash() != b.m.state_hash());
    b.m.x(17) ^= 1;
    b.m.poke<u8>(kData + 77, 1);
    CHECK(a.m.state_hash() != b.m.state_hash());
    b.m.poke<u8>(kData + 77, 0);
    CHECK(a.m.state_hash() == b.m.state_hash());
    b.m.counters.by_el[1][mmu::Event::L1D_TLB] += 1;
    CHECK(a.m.state_hash() != b.m.state_hash());
}

TEST_CASE("going on in pieces of any size is the same as going on at once") {
    const auto piece = GENERATE(as<u64>{}, 1, 3, 64, 1023, 1024, 1500);
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Work pieces;
    while (pieces.m.resume(loop, piece) == emu::StopReason::Limit) {}
    Work whole;
    (void)whole.m.resume(Loop::Plain);
    CHECK(pieces.m.state_hash() == whole.m.state_hash());
}

TEST_CASE("switching between the loops at any point changes nothing") {
    Work switching;
    Work whole;
    unsigned turn = 0;
    while (switching.m.resume(turn % 2 == 0 ? Loop::Plain : Loop::Recording, 1 + turn * 37 % 1400) ==
           emu::StopReason::Limit)
        ++turn;
    (void)whole.m.resume(Loop::Plain);
    CHECK(turn > 10);
    CHECK(switching.m.state_hash() == whole.m.state_hash());
}

TEST_CASE("a run stops exactly at its limit, also in straight code longer than a page") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    for (const u64 limit : {u64{1}, u64{1023}, u64{1024}, u64{1025}, u64{1499}, u64{2700}, u64{12345}}) {
        TestMachine m;
        m.x(0) = 1000;
        CHECK(m.run("straight_line", loop, limit) == emu::StopReason::Limit);
        CHECK(m.core.pe.retired == limit);
        CHECK(m.count(mmu::Event::INST_RETIRED) == limit);
        CHECK(m.x(2) == limit - 2 * (limit / 1502) - (limit % 1502 > 1500 ? limit % 1502 - 1500 : 0));
    }
}

TEST_CASE("L1I lookups: one for each fetch group, and one for each target of a taken branch") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;
    PageTables tables{m};
    tables.map_kernel();
    tables.enable();
    m.x(0) = 1;
    REQUIRE(m.run("straight_line", loop) == emu::StopReason::Requested);
    CHECK(m.count(mmu::Event::L1I_TLB) == (1503 + 3) / 4);  // 1502 and HVC, four to a group
    const u64 before = m.count(mmu::Event::L1I_TLB);
    m.x(0) = 10;
    REQUIRE(m.run("alu_loop", loop) == emu::StopReason::Requested);
    CHECK(m.count(mmu::Event::L1I_TLB) - before == 10 * 2 + 1);  // eight instructions, then HVC in a third group
    CHECK(m.count(mmu::Event::L1I_TLB) == m.count(mmu::Event::SIM_L1I_HIT) + m.count(mmu::Event::L1I_TLB_REFILL));
}

TEST_CASE("the width of a fetch group is the core's") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    MachineConfig config;
    config.core.fetch_bytes = 32;
    TestMachine m{config};
    PageTables tables{m};
    tables.map_kernel();
    tables.enable();
    m.x(0) = 1;
    REQUIRE(m.run("straight_line", loop) == emu::StopReason::Requested);
    CHECK(m.count(mmu::Event::L1I_TLB) == (1503 + 7) / 8);
}

TEST_CASE("records follow each other, and say what each instruction did") {
    Work work;
    Collect collect;
    (void)work.m.core.run_recording(collect, 3000);
    REQUIRE(collect.records.size() >= 3000);
    u64 exceptions = 0;
    for (std::size_t i = 1; i < collect.records.size(); ++i) {
        const auto& before = collect.records[i - 1];
        const auto& now = collect.records[i];
        REQUIRE(now.pc == before.next_pc);
        REQUIRE(now.fetch == (before.taken || before.exception || before.isb || now.pc % 16 == 0));
        if (!now.taken && !now.exception) REQUIRE(now.next_pc == now.pc + 4);
        if (now.exception) CHECK(now.exception_class == 0x15);
        exceptions += now.exception;
    }
    CHECK(exceptions == work.m.count(mmu::Event::EXC_TAKEN));
    CHECK(exceptions > 0);
    const auto hits = std::count(collect.sources.begin(), collect.sources.end(), mmu::LookupRecord::Source::L1Hit);
    CHECK(hits > 100);
    CHECK(hits < static_cast<long>(collect.sources.size()));
}

TEST_CASE("an instruction that cannot be fetched has a record of its own") {
    TestMachine m;
    m.core.pe.pc = 0x10000000;
    Collect collect;
    (void)m.core.run_recording(collect, 1);
    REQUIRE(collect.records.size() == 2);
    CHECK(collect.records[0].exception);
    CHECK(collect.records[0].exception_class == 0x21);
    CHECK(collect.records[0].next_pc == kVectors + 0x200);
}

TEST_CASE("a checkpoint goes on as the original does") {
    const auto at = GENERATE(as<u64>{}, 1, 2, 333, 4001);
    Work original;
    (void)original.m.resume(Loop::Plain, at);
    emu::Archive saved = emu::Archive::saver();
    original.m.core.serialize(saved);
    original.m.mmu.serialize(saved);

    Work copy;
    for (u64 pa = kRam; pa < kRam + kRamBytes; pa += 8) copy.m.poke(pa, original.m.peek<u64>(pa));
    emu::Archive loaded = emu::Archive::loader(saved.saved());
    copy.m.core.serialize(loaded);
    copy.m.mmu.serialize(loaded);
    CHECK(copy.m.core.state_hash() == original.m.core.state_hash());
    for (unsigned el : {0u, 1u}) copy.m.counters.by_el[el] = original.m.counters.by_el[el];
    (void)original.m.resume(Loop::Plain, 2000);
    (void)copy.m.resume(Loop::Plain, 2000);
    CHECK(copy.m.state_hash() == original.m.state_hash());
}
