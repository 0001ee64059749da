// MRS and MSR: values, masks, who may use them; ID registers; PMU and timer.
#include <algorithm>

#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;
using emu::SysReg;

namespace {

constexpr u64 kUserCode = 0x400000;
constexpr u64 kUserPa = kRam + 0x60000;
constexpr u64 kUndefined = 0x02000000;

// Runs `name` at EL0 until it takes an exception (every program ends with HVC, UNDEFINED there).
Taken run_user(TestMachine& m, const char* name, Loop loop) {
    PageTables tables{m};
    tables.map_kernel();
    tables.map(kUserCode, kUserPa, kNormal | kUser | kReadOnly | kPxn);
    tables.enable();
    m.load(name, kUserPa);
    m.x(1) = kUserCode;
    m.x(2) = 0;
    REQUIRE(m.run("return_to_el0", loop) == emu::StopReason::Requested);
    return taken(m);
}

// Allowed at EL0: the HVC behind it is what is UNDEFINED.
bool was_allowed(const Taken& t) { return t.esr == kUndefined && t.elr == kUserCode + 4; }
bool was_undefined(const Taken& t) { return t.esr == kUndefined && t.elr == kUserCode; }

// ISS of EC 0x18: op0, op2, op1, CRn, Rt, CRm, direction.
u64 trap(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2, unsigned rt, bool read) {
    return 0x62000000u | op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | unsigned{read};
}

}  // namespace

TEST_CASE("the default core reads as the Neoverse N1, without what is not built") {
    const TestMachine m;
    CHECK(m.sysreg(SysReg::MIDR_EL1) == 0x414fd0c1);
    CHECK(m.sysreg(SysReg::ID_AA64MMFR1_EL1) == 0x10212122);
    CHECK(m.sysreg(SysReg::ID_AA64MMFR2_EL1) == 0x1011);
    CHECK(m.sysreg(SysReg::ID_AA64DFR0_EL1) == 0x10305408);
    CHECK(m.sysreg(SysReg::ID_AA64ISAR0_EL1) == 0x100010211120);  // DP, RDM, Atomic, CRC32, SHA2, SHA1, AES
    CHECK(m.sysreg(SysReg::ID_AA64ISAR1_EL1) == 0x100001);
    CHECK((m.sysreg(SysReg::ID_AA64PFR0_EL1) & 0xffffff) == 0x110011);  // half precision, EL0 and EL1 only
    CHECK(m.sysreg(SysReg::SCTLR_EL1) == 0x30c50838);
}

TEST_CASE("knobs move the fields that announce them") {
    MachineConfig config;
    config.core.hafdbs = 0;
    config.core.pan = 0;
    config.core.tlbi = 2;
    config.core.ttl = true;
    config.core.bbm = 2;
    config.core.crc32 = false;
    const TestMachine m{config};
    CHECK(m.sysreg(SysReg::ID_AA64MMFR1_EL1) == 0x10012120);
    CHECK(m.sysreg(SysReg::ID_AA64MMFR2_EL1) == 0x0021000000001011);
    CHECK(m.sysreg(SysReg::ID_AA64ISAR0_EL1) == 0x0200100010201120);
}

TEST_CASE("contradictory core values are refused with a reason") {
    MachineConfig config;
    config.core.fetch_bytes = 12;
    CHECK_THROWS_WITH(TestMachine{config}, Catch::Contains("core.fetch_bytes"));
    config.core.fetch_bytes = 16;
    config.core.pmcr = 31 << 11;
    CHECK_THROWS_WITH(TestMachine{config}, Catch::Contains("core.pmcr"));
}

TEST_CASE("identification at EL1: values, the reserved space as zero, the unallocated UNDEFINED") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.run("read_midr", loop);
    CHECK(m.x(0) == 0x414fd0c1);
    m.run("read_currentel", loop);
    CHECK(m.x(0) == 4);
    m.x(0) = 99;
    m.run("read_reserved_id", loop);
    CHECK(m.x(0) == 0);
    m.run("read_unallocated", loop);
    CHECK(taken(m).esr == kUndefined);
    m.run("write_midr", loop);
    CHECK(taken(m).esr == kUndefined);
    CHECK(taken(m).elr == kCode);
    m.run("read_fpcr", loop);
    CHECK(taken(m).esr == 0x1fe00000);  // trapped by CPACR_EL1
}

TEST_CASE("EL0 may not read identification or EL1's registers: UNDEFINED, not a trap") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    for (const char* name : {"read_midr", "read_currentel", "read_reserved_id", "read_sp_el0", "read_isar0", "write_pan",
                             "write_uao", "write_tpidrro", "tlbi_all", "at_read", "invalidate_line", "ic_iallu"}) {
        INFO(name);
        TestMachine m;
        CHECK(was_undefined(run_user(m, name, loop)));
    }
}

TEST_CASE("EL0 may use TPIDR_EL0, NZCV and DCZID_EL0") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    for (const char* name : {"read_tpidr", "write_tpidr", "write_nzcv", "read_dczid"}) {
        INFO(name);
        TestMachine m;
        CHECK(was_allowed(run_user(m, name, loop)));
    }
}

TEST_CASE("controls of EL1 open registers to EL0, and closed ones trap with the whole encoding") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    struct Case {
        const char* program;
        SysReg control;
        u64 bits;
        u64 esr;
    };
    const Case kCases[] = {
        {"read_ctr", SysReg::SCTLR_EL1, 1 << 15, trap(3, 3, 0, 0, 1, 3, true)},
        {"write_daif", SysReg::SCTLR_EL1, 1 << 9, trap(3, 3, 4, 2, 1, 0, false)},
        {"daifset", SysReg::SCTLR_EL1, 1 << 9, trap(0, 3, 4, 2, 6, 31, false)},
        {"read_cntvct", SysReg::CNTKCTL_EL1, 2, trap(3, 3, 14, 0, 2, 0, true)},
        {"read_pmccntr", SysReg::PMUSERENR_EL0, 4, trap(3, 3, 9, 13, 0, 0, true)},
        {"clean_line", SysReg::SCTLR_EL1, 1 << 26, trap(1, 3, 7, 10, 1, 1, false)},
        {"ic_ivau", SysReg::SCTLR_EL1, 1 << 26, trap(1, 3, 7, 5, 1, 1, false)},
        {"zero_block", SysReg::SCTLR_EL1, 1 << 14, trap(1, 3, 7, 4, 1, 1, false)},
    };
    for (const Case& c : kCases) {
        INFO(c.program);
        TestMachine closed;
        closed.set_sysreg(c.control, closed.sysreg(c.control) & ~c.bits);
        const Taken t = run_user(closed, c.program, loop);
        CHECK(t.esr == c.esr);
        CHECK(t.elr == kUserCode);
        TestMachine open;
        open.set_sysreg(c.control, open.sysreg(c.control) | c.bits);
        CHECK(run_user(open, c.program, loop).esr != c.esr);
    }
}

TEST_CASE("SP_EL0 is not accessible by name while it is selected") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    emu::select_sp(m.core.pe, 0);
    m.run("read_sp_el0", loop);
    CHECK(taken(m).esr == kUndefined);
}

TEST_CASE("PAN and UAO do not exist on a core that does not announce them") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    MachineConfig config;
    config.core.pan = 0;
    config.core.id_aa64mmfr2 = 0;
    TestMachine m{config};
    m.run("write_pan", loop);
    CHECK(taken(m).esr == kUndefined);
    CHECK_FALSE(m.core.pe.pan);
    m.run("write_uao", loop);
    CHECK(taken(m).esr == kUndefined);
}

TEST_CASE("TCR_EL1.HA and HD exist as far as core.hafdbs goes") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    constexpr u64 kHa = u64{1} << 39;
    constexpr u64 kHd = u64{1} << 40;
    const u64 kept[] = {0, kHa, kHa | kHd};
    for (unsigned level = 0; level <= 2; ++level) {
        MachineConfig config;
        config.core.hafdbs = level;
        TestMachine m{config};
        m.x(0) = kHa | kHd | 16;
        REQUIRE(m.run("write_tcr", loop) == emu::StopReason::Requested);
        CHECK(m.sysreg(SysReg::TCR_EL1) == (kept[level] | 16));
    }
}

TEST_CASE("DAIF can be set and cleared by mask, and written whole") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    REQUIRE(m.run("daif_bits", loop) == emu::StopReason::Requested);
    CHECK(m.x(0) == 0);
    CHECK(m.x(1) == 0x140);
    CHECK(m.x(2) == 0x80);
}

TEST_CASE("CSSELR_EL1 selects the cache that CCSIDR_EL1 describes") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    REQUIRE(m.run("csselr_selects", loop) == emu::StopReason::Requested);
    CHECK(m.x(0) == 0x701fe01a);
    CHECK(m.x(1) == 0x201fe01a);
    CHECK(m.x(2) == 0x70ffe03a);
}

TEST_CASE("a breakpoint's address keeps a multiple of four") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.x(0) = ~u64{0};
    REQUIRE(m.run("write_dbgbvr", loop) == emu::StopReason::Requested);
    CHECK(m.sysreg(SysReg::DBGBVR0_EL1) == ~u64{3});
}

TEST_CASE("a PMU counter counts its event exactly while enabled") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    struct Case {
        u64 event;
        u64 counted;
    };
    // Between the MSR that starts it and the MRS that reads it: 8 loads. The MSR itself retires after it took effect.
    for (const Case c : {Case{0x08, 9}, Case{0x66, 8}, Case{0x25, 8}, Case{0x67, 0}}) {
        TestMachine m;
        PageTables tables{m};
        tables.map_kernel();
        tables.enable();
        m.x(0) = c.event;
        m.x(1) = kData;
        REQUIRE(m.run("pmu_counts", loop) == emu::StopReason::Requested);
        INFO("event " << c.event);
        CHECK(m.x(2) == c.counted);
        CHECK(m.x(3) - m.x(2) == (c.event == 8 ? 2 : 0));  // MRS and MOV, until the disabling MSR
        CHECK(m.x(4) == c.event);
        CHECK(m.x(7) == 0x410c3001);
        CHECK(m.bus.time_reads > 0);
    }
}

TEST_CASE("six PMU counters read what the host counts, at the Exception levels that their filters let through") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    for (const u64 pages : {u64{10}, u64{60}, u64{200}}) {
        TestMachine m;
        PageTables tables{m};
        tables.map_kernel();
        tables.enable();
        m.x(0) = kData;
        m.x(1) = pages;
        REQUIRE(m.run("pmu_six_counters", loop) == emu::StopReason::Requested);
        // Nothing else in the program accesses data.
        const mmu::CounterBank& host = m.core.pe.counters->by_el[1];
        INFO(pages << " pages");
        CHECK(m.x(10) == host[mmu::Event::L1D_TLB_REFILL]);
        CHECK(m.x(11) == host[mmu::Event::L2D_TLB_REFILL] - host[mmu::Event::ITLB_WALK]);
        CHECK(m.x(12) == host[mmu::Event::DTLB_WALK]);
        CHECK(m.x(13) == host[mmu::Event::L1D_TLB]);
        CHECK(m.x(14) == 2 * pages);
        CHECK(m.x(15) == 0);
        CHECK(m.x(12) > 0);
    }
}

TEST_CASE("PMCEID announces the events that are counted, and no others") {
    TestMachine m;
    PageTables tables{m};
    tables.map_kernel();
    tables.enable();
    m.x(0) = kData;
    m.x(1) = 1;
    REQUIRE(m.run("pmu_six_counters", Loop::Plain) == emu::StopReason::Requested);
    for (u32 number = 1; number < 64; ++number) {
        const bool counted = std::any_of(std::begin(mmu::kEvents), std::end(mmu::kEvents), [&](const auto& e) { return e.number == number; });
        INFO("event " << number);
        CHECK((m.x(number < 32 ? 16 : 17) >> number % 32 & 1) == (counted ? 1 : 0));
    }
}

TEST_CASE("a PMU counter that wraps sets its overflow bit, which stays until cleared") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    REQUIRE(m.run("pmu_overflows", loop) == emu::StopReason::Requested);
    CHECK(m.x(2) == 1);
    CHECK(m.x(3) == 3);  // 0xfffffffe + PMCR write, 3 NOPs, MRS = 3 modulo 2^32
    CHECK(m.x(4) == 0);
}

TEST_CASE("the timer's status follows the count") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;  // counts retired instructions
    REQUIRE(m.run("timer_fires", loop) == emu::StopReason::Requested);
    CHECK(m.x(0) == 1);
    CHECK(m.x(1) == 6);  // 10 minus the instructions from MRS to MRS
    CHECK(m.x(2) == 5);  // enabled, met
    CHECK(m.x(3) == 7);  // enabled, masked, met: compare value in the past
}
