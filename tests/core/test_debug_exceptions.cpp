// Software step, breakpoints and watchpoints: that every loop takes them at the same instruction, and that they cost
// nothing in counts.
#include "tests/core/page_tables.h"
#include "tests/core/test_machine.h"
#include "tests/support/catch.h"

using namespace core_test;
using emu::SysReg;

namespace {

constexpr u64 kStep = 1 << 0 | 1 << 13;      // MDSCR_EL1.SS, KDE
constexpr u64 kMonitor = 1 << 15 | 1 << 13;  // MDE, KDE
constexpr u64 kDebugStatus = 0x22;

// Debug exceptions of EL1 are let through.
void allow(TestMachine& m, u64 control) {
    m.core.pe.daif = 0x1c0;
    m.core.pe.sysreg(SysReg::OSLSR_EL1) = 8;
    m.set_sysreg(SysReg::MDSCR_EL1, control);
}

}  // namespace

TEST_CASE("a step that is due comes before the instruction, and an armed one behind it") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    const bool armed = GENERATE(false, true);
    TestMachine m;
    allow(m, kStep);
    m.core.pe.debug.pstate_ss = armed;
    m.run("nop", loop);
    CHECK(taken(m).vector == 0x200);
    CHECK(taken(m).esr == (armed ? 0xcf000022 : 0xce000022));  // ISS.ISV
    CHECK(taken(m).elr == kCode + (armed ? 4 : 0));
}

TEST_CASE("with the OS lock closed, or PSTATE.D set, nothing is stepped") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    const bool by_lock = GENERATE(false, true);
    TestMachine m;
    allow(m, kStep);
    if (by_lock)
        m.core.pe.sysreg(SysReg::OSLSR_EL1) = 10;
    else
        m.core.pe.daif = 0x3c0;
    emu::apply_regime(m.core.pe);
    m.x(28) = 7;
    CHECK(m.run("nop", loop) == emu::StopReason::Requested);
    CHECK(m.x(28) == 7);
}

TEST_CASE("a breakpoint is taken before its instruction, by every loop with the same counts") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;
    m.core.pe.sysreg(SysReg::DBGBVR2_EL1) = kCode + 28;  // B.NE at the end of the loop
    m.core.pe.sysreg(SysReg::DBGBCR2_EL1) = 1 | 1 << 1 | 15 << 5;
    allow(m, kMonitor);
    m.x(0) = 5;
    m.run("alu_loop", loop);
    CHECK(taken(m).esr == (0xc6000000 | kDebugStatus));
    CHECK(taken(m).elr == kCode + 28);
    CHECK(m.x(0) == 4);
    // Seven of the loop, then MOV and HVC of the vector.
    CHECK(m.count(mmu::Event::INST_RETIRED) == 9);
}

TEST_CASE("a watchpoint that is not hit changes no count") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    u64 lookups[2];
    u64 refills[2];
    for (const bool watched : {false, true}) {
        TestMachine m;
        PageTables tables{m};
        tables.map_kernel();
        tables.enable();
        m.core.pe.sysreg(SysReg::DBGWVR0_EL1) = kData + 0x800;
        m.core.pe.sysreg(SysReg::DBGWCR0_EL1) = 1 | 1 << 1 | 3 << 3 | 0xff << 5;
        allow(m, watched ? kMonitor : 0);
        m.x(0) = 10;
        m.x(1) = kData;
        REQUIRE(m.run("memory_loop", loop) == emu::StopReason::Requested);
        CHECK(m.x(0) == 0);
        lookups[watched] = m.count(mmu::Event::L1D_TLB);
        refills[watched] = m.count(mmu::Event::L1D_TLB_REFILL);
    }
    CHECK(lookups[0] == lookups[1]);
    CHECK(refills[0] == refills[1]);
}

TEST_CASE("a watchpoint reports the first watched byte, and the access does not happen") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;
    m.core.pe.sysreg(SysReg::DBGWVR1_EL1) = kData + 0x20;
    m.core.pe.sysreg(SysReg::DBGWCR1_EL1) = 1 | 1 << 1 | 2 << 3 | 0xf0 << 5;  // stores to its upper half
    allow(m, kMonitor);
    m.x(0) = 10;
    m.x(1) = kData;
    m.run("memory_loop", loop);
    CHECK(taken(m).esr == (0xd6000040 | kDebugStatus));  // WnR
    CHECK(taken(m).far == kData + 0x24);
    CHECK(taken(m).elr == kCode + 20);
    CHECK(m.peek<u64>(kData + 0x20) == 0);
    CHECK(m.x(0) == 10);
}
