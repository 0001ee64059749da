// AT, TLBI, DC and IC.
#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;
using emu::SysReg;

namespace {

constexpr u64 kVa = 0x500000;
constexpr u64 kUndefined = 0x02000000;

struct Fixture {
    explicit Fixture(const MachineConfig& config = {}) : m{config}, tables{m} {
        tables.map_kernel();
        m.x(28) = ~u64{0};
    }
    u64 par(const char* at, u64 va, Loop loop) {
        m.x(1) = va;
        REQUIRE(m.run(at, loop) == emu::StopReason::Requested);
        return m.sysreg(SysReg::PAR_EL1);
    }
    TestMachine m;
    PageTables tables;
};

}  // namespace

TEST_CASE("AT reports address and attributes, or the fault, and disturbs nothing") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal | kReadOnly);
    f.tables.map(kVa + 0x1000, kDevice, kDeviceMemory);
    f.tables.map(kVa + 0x2000, kData, kNormal | kUser);
    f.tables.enable();
    CHECK(f.par("at_read", kVa + 0x123, loop) == (0xff00000000000b80 | kData));  // Write-Back, Inner Shareable
    CHECK(f.par("at_write", kVa, loop) == 0x81f);                                // permission, level 3
    CHECK(f.par("at_user_read", kVa, loop) == 0x81f);
    CHECK(f.par("at_read", kVa + 0x1000, loop) == (0xb00 | kDevice));            // Device: Outer Shareable
    CHECK(f.par("at_read", kVa + 0x3000, loop) == 0x80f);                        // translation, level 3
    CHECK(f.par("at_user_write", kVa + 0x2000, loop) == (0xff00000000000b80 | kData));
    CHECK(f.m.count(mmu::Event::L1D_TLB) == 0);
    CHECK(f.m.count(mmu::Event::EXC_TAKEN) == 0);
}

TEST_CASE("AT S1E1RP obeys PSTATE.PAN, AT S1E1R does not") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal | kUser);
    f.tables.enable();
    f.m.run("write_pan", loop);
    CHECK((f.par("at_read", kVa, loop) & 1) == 0);
    CHECK(f.par("at_pan_read", kVa, loop) == 0x81f);
    f.m.run("clear_pan", loop);
    CHECK((f.par("at_pan_read", kVa, loop) & 1) == 0);
}

TEST_CASE("AT S1E1RP is UNDEFINED without FEAT_PAN2") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    MachineConfig config;
    config.core.pan = 1;
    Fixture f{config};
    f.m.run("at_pan_read", loop);
    CHECK(taken(f.m).esr == kUndefined);
}

TEST_CASE("TLBI variants exist as the core announces them") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    const unsigned level = GENERATE(0u, 1u, 2u);
    MachineConfig config;
    config.core.tlbi = level;
    Fixture f{config};
    f.m.run("tlbi_os", loop);
    CHECK((taken(f.m).esr == kUndefined) == (level < 1));
    f.m.core.pe.sysreg(SysReg::ESR_EL1) = 0;
    f.m.x(0) = u64{1} << 46;
    f.m.run("tlbi_range", loop);
    CHECK((taken(f.m).esr == kUndefined) == (level < 2));
    f.m.core.pe.sysreg(SysReg::ESR_EL1) = 0;
    f.m.run("tlbi_all", loop);
    CHECK(taken(f.m).esr == 0);
    CHECK(f.m.count(mmu::Event::SIM_TLBI) == 1 + level);
}

TEST_CASE("a translation that changed is stale until its TLBI") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal);
    f.tables.enable();
    f.m.poke<u64>(kData, 111);
    f.m.poke<u64>(kData + 0x1000, 222);
    f.m.x(1) = kVa;
    f.m.run("load_64", loop);
    CHECK(f.m.x(0) == 111);
    f.tables.map(kVa, kData + 0x1000, kNormal);
    f.m.run("load_64", loop);
    CHECK(f.m.x(0) == 111);
    f.m.x(0) = kVa >> 12;
    f.m.run("tlbi_va", loop);
    f.m.run("load_64", loop);
    CHECK(f.m.x(0) == 222);
}

TEST_CASE("a fetch translation that was invalidated is walked again at the next fetch group") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    Fixture f;
    f.tables.enable();
    f.m.run("tlbi_all", loop);
    CHECK(f.m.count(mmu::Event::ITLB_WALK) == 1);  // TLBI and HVC are of one group: not fetched again
    f.m.run("nop", loop);
    CHECK(f.m.count(mmu::Event::ITLB_WALK) == 2);
    f.m.run("nop", loop);
    CHECK(f.m.count(mmu::Event::ITLB_WALK) == 2);
}

TEST_CASE("DC ZVA clears its aligned block of 64 bytes, as one write") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.enable();
    for (u64 i = 0; i < 192; i += 8) f.m.poke<u64>(kData + i, ~u64{0});
    f.m.x(1) = kData + 64 + 23;
    for (int i = 0; i < 2; ++i) REQUIRE(f.m.run("zero_block", loop) == emu::StopReason::Requested);
    for (u64 i = 0; i < 192; i += 8) CHECK(f.m.peek<u64>(kData + i) == (i / 64 == 1 ? 0 : ~u64{0}));
    CHECK(f.m.count(mmu::Event::SIM_DC_ZVA) == 2);
    CHECK(f.m.count(mmu::Event::MEM_ACCESS_WR) == 2);
    CHECK(f.m.count(mmu::Event::L1D_TLB) == 2);
}

TEST_CASE("the block that DC ZVA clears is the one DCZID_EL0 announces") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    MachineConfig config;
    config.core.dczid = 5;
    Fixture f{config};
    f.tables.enable();
    for (u64 i = 0; i < 256; i += 8) f.m.poke<u64>(kData + i, ~u64{0});
    f.m.x(1) = kData + 128 + 90;
    REQUIRE(f.m.run("zero_block", loop) == emu::StopReason::Requested);
    for (u64 i = 0; i < 256; i += 8) CHECK(f.m.peek<u64>(kData + i) == (i / 128 == 1 ? 0 : ~u64{0}));
    f.m.run("read_dczid", loop);
    CHECK(f.m.x(0) == 5);
}

TEST_CASE("cache maintenance counts one lookup, and DC CVAP exists where ISAR1.DPB says so") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.enable();
    f.m.x(1) = kData;
    REQUIRE(f.m.run("clean_line", loop) == emu::StopReason::Requested);
    REQUIRE(f.m.run("clean_persist", loop) == emu::StopReason::Requested);
    CHECK(f.m.count(mmu::Event::L1D_TLB) == 2);
    CHECK(f.m.count(mmu::Event::MEM_ACCESS_RD) + f.m.count(mmu::Event::MEM_ACCESS_WR) == 0);
    MachineConfig config;
    config.core.id_aa64isar1 = 0;
    Fixture without{config};
    without.m.run("clean_persist", loop);
    CHECK(taken(without.m).esr == kUndefined);
}
