// Exception entry and return: vectors, syndrome, PSTATE.
#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;
using emu::SysReg;

namespace {

constexpr u64 kUserCode = 0x400000;
constexpr u64 kUserPa = kRam + 0x60000;

// Runs `name` at EL0, mapped at kUserCode, until it takes an exception.
void run_user(TestMachine& m, const char* name, Loop loop, u64 spsr = 0) {
    PageTables tables{m};
    tables.map_kernel();
    tables.map(kUserCode, kUserPa, kNormal | kUser | kReadOnly | kPxn);
    tables.map(0x500000, kData, kNormal | kUser | kPxn | kUxn);
    tables.enable();
    m.load(name, kUserPa);
    m.x(1) = kUserCode;
    m.x(2) = spsr;
    REQUIRE(m.run("return_to_el0", loop) == emu::StopReason::Requested);
}

}  // namespace

TEST_CASE("SVC from EL1 takes the current-level vector, and returns behind itself") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.core.pe.nzcv = 0x60000000;
    m.core.pe.daif = 0x240;
    m.run("svc_1234", loop);
    const Taken t = taken(m);
    CHECK(t.vector == 0x200);
    CHECK(t.esr == 0x56001234);  // EC 0x15, IL, imm16
    CHECK(t.elr == kCode + 4);
    CHECK(t.spsr == 0x60000245);  // Z C, D F, EL1h
    CHECK(m.core.pe.daif == 0x3c0);
    CHECK(m.count(mmu::Event::EXC_SVC) == 1);
    CHECK(m.count(mmu::Event::EXC_TAKEN) == 1);
}

TEST_CASE("SVC from EL0 takes the lower-level vector, on EL1's stack") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.x(31) = kData + 0x100;
    run_user(m, "svc_1234", loop, 0x80000000);
    const Taken t = taken(m);
    CHECK(t.vector == 0x400);
    CHECK(t.esr == 0x56001234);
    CHECK(t.elr == kUserCode + 4);
    CHECK(t.spsr == 0x80000000);
    CHECK(m.core.pe.el == 1);
    CHECK(m.core.pe.sp_select == 1);
    CHECK(m.x(31) == kData + 0x100);
    // MSR, MSR and ERET retired at EL1, SVC at EL0, the vector's MOV and HVC at EL1.
    CHECK(m.counters.by_el[0][mmu::Event::INST_RETIRED] == 1);
    CHECK(m.counters.by_el[1][mmu::Event::INST_RETIRED] == 5);
    CHECK(m.count(mmu::Event::EXC_RETURN) == 1);
}

TEST_CASE("exceptions at EL1t take the SP0 vectors") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    emu::select_sp(m.core.pe, 0);
    m.run("svc_1234", loop);
    CHECK(taken(m).vector == 0x000);
    CHECK(taken(m).spsr == 0x3c4);
}

TEST_CASE("BRK, UDF and unallocated words report themselves and not what follows") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.run("brk_42", loop);
    CHECK(taken(m).esr == 0xf200002a);
    CHECK(taken(m).elr == kCode);
    m.run("udf", loop);
    CHECK(taken(m).esr == 0x02000000);
    CHECK(taken(m).elr == kCode);
    m.run("bfcvt", loop);  // FEAT_BF16 is not announced
    CHECK(taken(m).esr == 0x02000000);
    CHECK(m.count(mmu::Event::EXC_UNDEF) == 3);
    // A faulting instruction does not retire: three times MOV and HVC.
    CHECK(m.count(mmu::Event::INST_RETIRED) == 6);
}

TEST_CASE("HVC and SMC without firmware, and HVC, SMC and ERET at EL0, are UNDEFINED") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    SECTION("no firmware") {
        TestMachine m;
        m.bus.has_firmware = false;
        CHECK(m.run("smc_0", loop, 20) == emu::StopReason::Limit);  // the vector's HVC is UNDEFINED too
        CHECK(m.sysreg(SysReg::ESR_EL1) == 0x02000000);
        CHECK(m.sysreg(SysReg::ELR_EL1) == kVectors + 0x204);
    }
    SECTION("EL0") {
        for (const char* name : {"smc_0", "eret_here"}) {
            TestMachine m;
            run_user(m, name, loop);
            CHECK(taken(m).vector == 0x400);
            CHECK(taken(m).esr == 0x02000000);
            CHECK(taken(m).elr == kUserCode);
        }
    }
}

TEST_CASE("ERET restores PSTATE and the stack pointer of the level it returns to") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.core.pe.sp_el[0] = 0x7000;
    m.load("nop", kRam + 0x60000);
    m.x(1) = kRam + 0x60000;
    m.x(2) = 0xa0400344;  // N C, PAN, DAF... EL1t
    REQUIRE(m.run("return_to_el0", loop) == emu::StopReason::Requested);
    CHECK(m.core.pe.nzcv == 0xa0000000);
    CHECK(m.core.pe.daif == 0x340);
    CHECK(m.core.pe.pan);
    CHECK(m.core.pe.sp_select == 0);
    CHECK(m.x(31) == 0x7000);
}

TEST_CASE("an illegal return sets PSTATE.IL, and the next instruction takes Illegal Execution state") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    const auto spsr = GENERATE(u64{0x10}, u64{0x9}, u64{0x8}, u64{0x1}, u64{0x2});  // AArch32, EL2h, EL2t, EL0h, reserved
    TestMachine m;
    m.x(1) = kRam + 0x60000;
    m.x(2) = spsr;
    REQUIRE(m.run("return_to_el0", loop) == emu::StopReason::Requested);
    CHECK(taken(m).vector == 0x200);
    CHECK(taken(m).esr == 0x3a000000);  // EC 0x0E
    CHECK(taken(m).elr == kRam + 0x60000);
    CHECK((taken(m).spsr & (1 << 20)) != 0);
    CHECK_FALSE(m.core.pe.illegal_state);
}

TEST_CASE("a branch to an unaligned address is a PC alignment fault at its target") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.x(1) = kCode + 0x102;
    m.run("branch_odd", loop);
    CHECK(taken(m).esr == 0x8a000000);  // EC 0x22
    CHECK(taken(m).far == kCode + 0x102);
    CHECK(taken(m).elr == kCode + 0x102);
}

TEST_CASE("a misaligned SP faults as a base, where SCTLR_EL1.SA checks it, but not for prefetch") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.x(31) = kData + 8;
    m.run("load_sp", loop);
    CHECK(taken(m).esr == 0x9a000000);  // EC 0x26
    CHECK(taken(m).elr == kCode);
    m.run("store_sp_pre", loop);
    CHECK(taken(m).esr == 0x9a000000);
    CHECK(m.x(31) == kData + 8);
    m.x(28) = 1;
    REQUIRE(m.run("prefetch_sp", loop) == emu::StopReason::Requested);
    CHECK(m.x(28) == 1);
    m.set_sysreg(SysReg::SCTLR_EL1, m.sysreg(SysReg::SCTLR_EL1) & ~u64{8});
    REQUIRE(m.run("load_sp", loop) == emu::StopReason::Requested);
    CHECK(m.x(28) == 1);
}

TEST_CASE("SPSel chooses the stack pointer, and SP_EL0 is the other one") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    REQUIRE(m.run("stack_selection", loop) == emu::StopReason::Requested);
    CHECK(m.x(6) == 0x2220);
    CHECK(m.x(7) == 0x1110);
    CHECK(m.x(8) == 0x3330);
    CHECK(m.x(9) == 1);
}

TEST_CASE("exception entry sets PAN unless SCTLR_EL1.SPAN keeps it, and clears UAO") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    const bool keeps = GENERATE(false, true);
    TestMachine m;
    const u64 span = u64{1} << 23;
    m.set_sysreg(SysReg::SCTLR_EL1, keeps ? m.sysreg(SysReg::SCTLR_EL1) | span : m.sysreg(SysReg::SCTLR_EL1) & ~span);
    m.run("write_uao", loop);
    m.run("svc_1234", loop);
    CHECK(m.core.pe.pan == !keeps);
    CHECK_FALSE(m.core.pe.uao);
    CHECK((taken(m).spsr >> 23 & 1) == 1);
}

TEST_CASE("WFI ends the run behind itself; at EL0 it traps where SCTLR_EL1.nTWI is 0") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    SECTION("EL1") {
        TestMachine m;
        CHECK(m.run("wfi", loop) == emu::StopReason::WaitForInterrupt);
        CHECK(m.core.pe.pc == kCode + 4);
        CHECK(m.resume(loop) == emu::StopReason::Requested);
        CHECK(m.run("wfe", loop) == emu::StopReason::Requested);
    }
    SECTION("EL0") {
        TestMachine m;
        m.set_sysreg(SysReg::SCTLR_EL1, m.sysreg(SysReg::SCTLR_EL1) & ~(u64{1} << 16));
        run_user(m, "wfi", loop);
        CHECK(taken(m).esr == 0x07e00000);  // EC 1, CV, COND always, WFI
        CHECK(taken(m).elr == kUserCode);
    }
}

TEST_CASE("markers reach the bus between instructions, with what retired before them counted") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    REQUIRE(m.run("hint_80", loop) == emu::StopReason::Requested);
    CHECK(m.bus.retired_at_marker == 1);
    m.run("hint_79", loop);
    m.run("hint_86", loop);
    m.run("hint_87", loop);
    m.run("nop", loop);
    CHECK(m.bus.markers == std::vector<unsigned>{80, 86});
}

TEST_CASE("vectors that cannot be fetched end the run instead of looping for ever") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.core.pe.sysreg(SysReg::VBAR_EL1) = 0x10000000;  // nothing there
    CHECK(m.run("svc_1234", loop) == emu::StopReason::ExceptionLoop);
}
