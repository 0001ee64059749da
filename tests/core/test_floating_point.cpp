// Floating point as instructions of a core: access traps, registers, flags. What the operations compute is in tests/fp
// and the random differential test.
#include "tests/core/test_machine.h"
#include "tests/support/catch.h"

using namespace core_test;
using emu::SysReg;

namespace {

constexpr u64 kOne = 0x3ff0'0000'0000'0000;
constexpr u64 kTwo = 0x4000'0000'0000'0000;
constexpr u64 kThree = 0x4008'0000'0000'0000;
constexpr u64 kNoTraps = u64{3} << 20;  // CPACR_EL1.FPEN

}  // namespace

TEST_CASE("floating point traps until CPACR_EL1.FPEN allows it, and then changes nothing") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.core.pe.v[0].d[0] = 7;
    m.run("fp_divide", loop);
    CHECK(taken(m).esr == 0x1fe00000);  // EC 0x07, IL, CV, COND = AL
    CHECK(taken(m).elr == kCode);
    CHECK(m.core.pe.v[0].d[0] == 7);
    CHECK(m.core.pe.fpsr == 0);
    m.set_sysreg(SysReg::CPACR_EL1, kNoTraps);
    m.core.pe.v[1].d[0] = kTwo;
    m.core.pe.v[2].d[0] = kOne;
    m.run("fp_divide", loop);
    CHECK(m.core.pe.v[0].d[0] == kTwo);
}

TEST_CASE("a scalar result clears the rest of its register, and flags are kept until they are written") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.set_sysreg(SysReg::CPACR_EL1, kNoTraps);
    m.core.pe.v[0].d[1] = 7;
    m.core.pe.v[1].d[0] = kOne;
    m.core.pe.v[2].d[0] = kThree;
    m.run("fp_divide", loop);
    CHECK(m.core.pe.v[0].d[0] == 0x3fd5'5555'5555'5555);
    CHECK(m.core.pe.v[0].d[1] == 0);
    CHECK(m.core.pe.fpsr == 0x10);  // IXC
    m.core.pe.v[2].d[0] = 0;
    m.run("fp_divide", loop);
    CHECK(m.core.pe.fpsr == 0x12);  // IXC, DZC
}

TEST_CASE("FPCR.RMode rounds") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.set_sysreg(SysReg::CPACR_EL1, kNoTraps);
    m.core.pe.fpcr = u32{1} << 22;  // toward plus infinity
    m.core.pe.v[1].d[0] = kOne;
    m.core.pe.v[2].d[0] = kThree;
    m.run("fp_divide", loop);
    CHECK(m.core.pe.v[0].d[0] == 0x3fd5'5555'5555'5556);
}
