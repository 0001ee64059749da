// Pointer authentication apart from instructions. Expected values are those of qemu-system-aarch64 for the same keys.
#include "emu/core/pauth.h"
#include "tests/core/test_machine.h"
#include "tests/support/catch.h"

using namespace core_test;
using emu::PointerKeyName;
using emu::SysReg;

namespace {

constexpr u64 kPointer = 0x0000123456789abc;
constexpr u64 kModifier = 0xfeedface12345678;
constexpr u64 kTwoHalvesOf48Bits = 16 | 16 << 16;

struct Fixture {
    Fixture() : m{{.core = emu::everything_built()}} {
        m.core.pe.sysreg(SysReg::APIAKeyLo_EL1) = 0x0123456789abcdef;
        m.core.pe.sysreg(SysReg::APIAKeyHi_EL1) = 0x0123456789abcdef * 0x9e3779b97f4a7c15 + 1;
        m.core.pe.sysreg(SysReg::TCR_EL1) = kTwoHalvesOf48Bits;
        m.core.pe.sysreg(SysReg::SCTLR_EL1) |= u64{1} << 31;  // EnIA
    }
    u64 sign(u64 pointer) { return emu::sign_pointer(m.core.pe, PointerKeyName::InstructionA, pointer, kModifier); }
    u64 authenticate(u64 pointer, u64 modifier = kModifier) {
        return emu::authenticate_pointer(m.core.pe, PointerKeyName::InstructionA, pointer, modifier);
    }
    TestMachine m;
};

}  // namespace

TEST_CASE("the cipher gives the published result of its test vector") {
    // R. Avanzi, "The QARMA Block Cipher Family", appendix: QARMA5-64 with S-box 2.
    CHECK(emu::qarma5(0xfb623599da6e8127, 0x477d469dec0b8762, {0x84be85ce9804e94b, 0xec2802d4e0a488e9}) ==
          0xc003b93999b33765);
}

TEST_CASE("a signed pointer is what QEMU signs, and authenticates to itself") {
    Fixture f;
    CHECK(f.sign(kPointer) == 0x0e3f123456789abc);
    CHECK(f.authenticate(f.sign(kPointer)) == kPointer);
}

TEST_CASE("a pointer that is not authentic gets an error code and is not canonical") {
    Fixture f;
    CHECK(f.authenticate(kPointer) == 0x2000123456789abc);
    CHECK(f.authenticate(f.sign(kPointer) ^ 4) >> 61 == 1);
    CHECK(f.authenticate(f.sign(kPointer), kModifier + 1) >> 61 == 1);
}

TEST_CASE("a pointer that was not canonical does not come out authentic") {
    Fixture f;
    CHECK(f.authenticate(f.sign(kPointer | u64{1} << 60)) >> 61 == 1);
}

TEST_CASE("a key that is off leaves pointers alone") {
    Fixture f;
    f.m.core.pe.sysreg(SysReg::SCTLR_EL1) &= ~(u64{1} << 31);
    CHECK(f.sign(kPointer) == kPointer);
    CHECK(f.authenticate(kPointer) == kPointer);
}

TEST_CASE("with the top byte ignored, the tag stays and the code is shorter") {
    Fixture f;
    f.m.core.pe.sysreg(SysReg::TCR_EL1) |= u64{3} << 37;
    const u64 tagged = kPointer | u64{0x5a} << 56;
    CHECK(f.sign(tagged) >> 56 == 0x5a);
    CHECK((f.sign(tagged) & arch::low_mask(48)) == kPointer);
    CHECK(f.authenticate(f.sign(tagged)) == tagged);
}

TEST_CASE("stripping leaves the canonical address of the half that bit 55 names") {
    Fixture f;
    CHECK(emu::strip_pointer(f.m.core.pe, f.sign(kPointer), false) == kPointer);
    CHECK(emu::strip_pointer(f.m.core.pe, kPointer | u64{1} << 55, false) == (kPointer | ~arch::low_mask(48)));
}
