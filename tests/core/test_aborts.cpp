// Data and instruction aborts: what faults, and what ESR_EL1 and FAR_EL1 say of it.
#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;
using emu::SysReg;

namespace {

constexpr u64 kVa = 0x500000;
constexpr u64 kUserCode = 0x400000;
constexpr u64 kUserPa = kRam + 0x60000;

struct Fixture {
    explicit Fixture(const MachineConfig& config = {}) : m{config}, tables{m} {
        tables.map_kernel();
        tables.map(kUserCode, kUserPa, kNormal | kUser | kReadOnly | kPxn);
    }
    // Runs one instruction at EL1 with base x1 = `va`, and returns the exception it took.
    Taken fault(const char* name, u64 va, Loop loop) {
        m.x(1) = va;
        m.x(28) = ~u64{0};
        REQUIRE(m.run(name, loop) == emu::StopReason::Requested);
        return taken(m);
    }
    // The same at EL0.
    Taken user_fault(const char* name, u64 va, Loop loop) {
        m.load(name, kUserPa);
        m.load("return_to_el0");
        m.core.pe.pc = kCode + 8;
        m.core.pe.refetch = true;
        m.set_sysreg(SysReg::ELR_EL1, kUserCode);
        m.set_sysreg(SysReg::SPSR_EL1, 0);
        m.x(1) = va;
        REQUIRE(m.resume(loop) == emu::StopReason::Requested);
        return taken(m);
    }
    TestMachine m;
    PageTables tables;
};

bool no_fault(const Taken& t) { return t.vector == ~u64{0}; }

}  // namespace

TEST_CASE("a missing translation faults with the level at which the walk ended") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal);
    f.tables.enable();
    CHECK(f.fault("load_64", kVa + 0x1008, loop).esr == 0x96000007);
    CHECK(taken(f.m).far == kVa + 0x1008);
    CHECK(taken(f.m).elr == kCode);
    CHECK(taken(f.m).vector == 0x200);
    CHECK(f.fault("store_64", kVa + 0x1008, loop).esr == 0x96000047);
    CHECK(f.fault("load_64", kVa + (u64{1} << 21), loop).esr == 0x96000006);
    CHECK(f.fault("load_64", kVa + (u64{1} << 32), loop).esr == 0x96000005);
    CHECK(f.fault("load_64", kVa + (u64{1} << 40), loop).esr == 0x96000004);
    CHECK(f.fault("load_64", 0x00ff000000000000, loop).esr == 0x96000004);
    CHECK(f.m.count(mmu::Event::EXC_DABORT) == 6);
}

TEST_CASE("permission faults say level and direction, and EL0's come from the lower level") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal | kReadOnly);
    f.tables.enable();
    CHECK(no_fault(f.fault("load_64", kVa, loop)));
    CHECK(f.fault("store_64", kVa + 8, loop).esr == 0x9600004f);
    CHECK(taken(f.m).far == kVa + 8);
    CHECK(f.user_fault("load_64", kVa, loop).esr == 0x9200000f);
    CHECK(taken(f.m).vector == 0x400);
    CHECK(taken(f.m).elr == kUserCode);
    CHECK(f.user_fault("store_64", kVa, loop).esr == 0x9200004f);
    CHECK(f.fault("store_pair", kVa, loop).esr == 0x9600004f);
    CHECK(f.fault("atomic_add", kVa, loop).esr == 0x9600004f);  // reading alone would not have faulted
}

TEST_CASE("an access flag fault where hardware does not manage the flag") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal & ~kAccessFlag);
    f.tables.enable();
    CHECK(f.fault("load_64", kVa, loop).esr == 0x9600000b);
    CHECK(f.fault("store_64", kVa, loop).esr == 0x9600004b);
}

TEST_CASE("an access that crosses into a missing page faults there, and does nothing") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal);
    f.tables.enable();
    f.m.x(0) = 0x1234;
    CHECK(f.fault("load_64", kVa + 0xffd, loop).esr == 0x96000007);
    CHECK(taken(f.m).far == kVa + 0x1000);
    CHECK(f.m.x(0) == 0x1234);
    f.m.poke<u32>(kData + 0xffc, 0x55555555);
    CHECK(f.fault("store_64", kVa + 0xffc, loop).esr == 0x96000047);
    CHECK(taken(f.m).far == kVa + 0x1000);
    CHECK(f.m.peek<u32>(kData + 0xffc) == 0x55555555);
    CHECK(f.fault("store_pair", kVa + 0xff8, loop).far == kVa + 0x1000);
}

TEST_CASE("alignment: SCTLR_EL1.A, Device memory, and instructions that always demand it") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal);
    f.tables.map(kVa + 0x1000, kData, kDeviceMemory);
    SECTION("SCTLR_EL1.A") {
        f.tables.enable(2);
        CHECK(f.fault("load_64", kVa + 4, loop).esr == 0x96000021);
        CHECK(taken(f.m).far == kVa + 4);
        CHECK(f.fault("store_64", kVa + 1, loop).esr == 0x96000061);
        CHECK(f.fault("load_pair", kVa + 4, loop).esr == 0x96000021);
        CHECK(no_fault(f.fault("load_pair", kVa + 8, loop)));
        CHECK(no_fault(f.fault("load_64", kVa + 8, loop)));
    }
    SECTION("Device memory") {
        f.tables.enable();
        CHECK(no_fault(f.fault("load_64", kVa + 4, loop)));
        CHECK(no_fault(f.fault("load_64", kVa + 0x1008, loop)));
        CHECK(f.fault("load_64", kVa + 0x1004, loop).esr == 0x96000021);
        CHECK(f.fault("store_64", kVa + 0x1004, loop).esr == 0x96000061);
    }
    SECTION("with the MMU off all data is Device memory") {
        CHECK(f.fault("load_64", kData + 4, loop).esr == 0x96000021);
        CHECK(no_fault(f.fault("load_64", kData + 8, loop)));
    }
    SECTION("ordered, exclusive and atomic") {
        f.tables.enable();
        CHECK(f.fault("load_acquire", kVa + 4, loop).esr == 0x96000021);
        CHECK(f.fault("load_exclusive", kVa + 4, loop).esr == 0x96000021);
        CHECK(f.fault("store_exclusive_unaligned", kVa + 4, loop).esr == 0x96000061);
        CHECK(f.fault("atomic_add", kVa + 4, loop).esr == 0x96000021);
        CHECK(f.fault("casp_64", kVa + 8, loop).esr == 0x96000021);
        CHECK(f.fault("ldxp_64", kVa + 8, loop).esr == 0x96000021);
        CHECK(f.fault("ldaxp_32", kVa + 4, loop).esr == 0x96000021);
    }
}

TEST_CASE("PAN keeps EL1 from EL0's pages, but not LDTR, STTR and instructions without data") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal | kUser);
    f.tables.enable();
    CHECK(no_fault(f.fault("load_64", kVa, loop)));
    CHECK(no_fault(f.fault("store_64", kVa, loop)));
    f.m.run("write_pan", loop);
    CHECK(f.fault("load_64", kVa, loop).esr == 0x9600000f);
    CHECK(f.fault("store_64", kVa, loop).esr == 0x9600004f);
    CHECK(f.fault("atomic_add", kVa, loop).esr == 0x9600000f);
    CHECK(no_fault(f.fault("load_unprivileged", kVa, loop)));
    CHECK(no_fault(f.fault("store_unprivileged", kVa, loop)));
    CHECK(no_fault(f.fault("prefetch", kVa, loop)));
    f.m.run("clear_pan", loop);
    CHECK(no_fault(f.fault("load_64", kVa, loop)));
}

TEST_CASE("LDTR and STTR have EL0's permissions unless UAO, and report the current level") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal);
    f.tables.map(kVa + 0x1000, kData, kNormal | kUser | kReadOnly);
    f.tables.enable();
    CHECK(f.fault("load_unprivileged", kVa, loop).esr == 0x9600000f);
    CHECK(f.fault("store_unprivileged", kVa + 0x1000, loop).esr == 0x9600004f);
    CHECK(no_fault(f.fault("load_unprivileged", kVa + 0x1000, loop)));
    f.m.run("write_uao", loop);
    CHECK(no_fault(f.fault("load_unprivileged", kVa, loop)));
    CHECK(no_fault(f.fault("store_unprivileged", kVa, loop)));
}

TEST_CASE("what no memory or device answers is a synchronous External abort") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    CHECK(f.fault("load_64", kDevice + 0x800, loop).esr == 0x96000010);
    CHECK(f.fault("store_64", kDevice + 0x800, loop).esr == 0x96000050);
    CHECK(taken(f.m).far == kDevice + 0x800);
}

TEST_CASE("instruction aborts: translation, permission, and nothing there") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal | kPxn);
    f.tables.enable();
    CHECK(f.fault("branch_odd", kVa + 0x1000, loop).esr == 0x86000007);
    CHECK(taken(f.m).far == kVa + 0x1000);
    CHECK(taken(f.m).elr == kVa + 0x1000);
    CHECK(f.fault("branch_odd", kVa, loop).esr == 0x8600000f);
    f.tables.map(kVa + 0x2000, 0x10000000, kNormal);
    CHECK(f.fault("branch_odd", kVa + 0x2000, loop).esr == 0x86000010);
    CHECK(f.m.count(mmu::Event::EXC_PABORT) == 3);
    CHECK(f.user_fault("branch_odd", kVa + 0x1000, loop).esr == 0x82000007);
    CHECK(f.user_fault("branch_odd", kCode, loop).esr == 0x8200000f);
}

TEST_CASE("maintenance by address reports CM; DC ZVA reports a write and the address as given") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa + 0x1000, kData, kDeviceMemory);
    f.tables.enable();
    CHECK(f.fault("clean_line", kVa + 4, loop).esr == 0x96000147);
    CHECK(f.fault("ic_ivau", kVa + 4, loop).esr == 0x96000147);
    CHECK(f.fault("zero_block", kVa + 0x24, loop).esr == 0x96000047);
    CHECK(taken(f.m).far == kVa + 0x24);
    CHECK(f.fault("zero_block", kVa + 0x1024, loop).esr == 0x96000061);
    CHECK(no_fault(f.fault("prefetch", kVa, loop)));
}

TEST_CASE("a faulting access counts a lookup each time, and no memory access") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.enable();
    f.fault("load_64", kVa, loop);
    f.fault("load_64", kVa, loop);
    CHECK(f.m.count(mmu::Event::L1D_TLB) == 2);
    CHECK(f.m.count(mmu::Event::L1D_TLB_REFILL) == 2);
    CHECK(f.m.count(mmu::Event::MEM_ACCESS_RD) == 0);
}

TEST_CASE("a top byte that TCR_EL1 ignores is kept in FAR_EL1 and dropped from a branch target") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    Fixture f;
    f.tables.map(kVa, kData, kNormal);
    f.tables.enable();
    f.m.set_sysreg(SysReg::TCR_EL1, f.m.sysreg(SysReg::TCR_EL1) | u64{1} << 37);
    CHECK(no_fault(f.fault("load_64", kVa | u64{0xab} << 56, loop)));
    CHECK(f.fault("load_64", (kVa + 0x1000) | u64{0xab} << 56, loop).far == ((kVa + 0x1000) | u64{0xab} << 56));
    f.m.load("nop", kRam + 0x60000);
    CHECK(no_fault(f.fault("branch_odd", (kRam + 0x60000) | u64{0xab} << 56, loop)));
    CHECK(f.m.core.pe.pc == kRam + 0x60008);
}
