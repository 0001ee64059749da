// Self-modifying code, instruction cache maintenance, and pages that change between code and data.
#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;

namespace {

constexpr u32 kMovX6To2 = 0xd2800046;    // mov x6, #2
constexpr u32 kAddX8Plus10 = 0x91002908; // add x8, x8, #10

}  // namespace

TEST_CASE("an instruction stored over the next one is what executes") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;
    m.x(0) = kMovX6To2;
    REQUIRE(m.run("patches_next", loop) == emu::StopReason::Requested);
    CHECK(m.x(6) == 2);
}

TEST_CASE("a loop that patches itself executes the patch in its next round") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;
    PageTables tables{m};
    tables.map_kernel();
    tables.enable();
    m.x(0) = kAddX8Plus10;
    REQUIRE(m.run("patches_loop", loop) == emu::StopReason::Requested);
    CHECK(m.x(8) == 11);
}

TEST_CASE("code that the host replaced executes anew") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    REQUIRE(m.run("svc_1234", loop) == emu::StopReason::Requested);
    m.load("nop");
    m.core.pe.pc = kCode;
    m.core.pe.refetch = true;
    m.x(28) = 1;
    REQUIRE(m.resume(loop) == emu::StopReason::Requested);
    CHECK(m.x(28) == 1);
}

TEST_CASE("IC IALLU keeps everything executing") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    REQUIRE(m.run("ic_iallu", loop) == emu::StopReason::Requested);
    CHECK(m.core.pe.pc == kCode + 8);
}

TEST_CASE("a page of old code that becomes data is no longer code, and may become code again") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    PageTables tables{m};
    tables.map_kernel();
    tables.enable();
    constexpr u64 kOldCode = kRam + 0x60000;
    m.load("nop", kOldCode);
    m.core.pe.pc = kOldCode;
    m.core.pe.refetch = true;
    REQUIRE(m.resume(loop) == emu::StopReason::Requested);
    CHECK(m.ram.code_page(arch::PhysicalAddress{kOldCode}));
    // Stores from elsewhere.
    m.x(0) = 0xd503201f;  // nop
    m.x(1) = kOldCode;
    for (int i = 0; i < 64; ++i) m.run("store_64", loop);
    CHECK_FALSE(m.ram.code_page(arch::PhysicalAddress{kOldCode}));
    m.load("svc_1234", kOldCode);
    m.core.pe.pc = kOldCode;
    m.core.pe.refetch = true;
    REQUIRE(m.resume(loop) == emu::StopReason::Requested);
    CHECK(taken(m).esr == 0x56001234);
    CHECK(m.ram.code_page(arch::PhysicalAddress{kOldCode}));
}

TEST_CASE("the same page at two virtual addresses is one page of code") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    PageTables tables{m};
    tables.map_kernel();
    tables.map(0x500000, kRam + 0x60000, kNormal);
    tables.enable();
    m.load("patches_next", kRam + 0x60000);
    m.core.pe.pc = 0x500000;
    m.core.pe.refetch = true;
    m.x(0) = kMovX6To2;
    REQUIRE(m.resume(loop) == emu::StopReason::Requested);
    CHECK(m.x(6) == 2);
    CHECK(m.x(5) == 0x500008);
}
