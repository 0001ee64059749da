// Exclusives and the monitor, and LSE atomics.
#include "tests/core/test_machine.h"
#include "tests/support/catch.h"

using namespace core_test;

namespace {

constexpr u64 kOld = 0x8070605040302010;
constexpr u64 kNew = 0x0102030405060708;

// Runs an exclusive sequence on kData, which holds kOld, with kNew to store. x4 is the status.
void run_exclusive(TestMachine& m, const char* name, Loop loop) {
    m.poke<u64>(kData, kOld);
    m.x(0) = kNew;
    m.x(1) = kData;
    m.x(4) = 99;
    REQUIRE(m.run(name, loop) == emu::StopReason::Requested);
}

}  // namespace

TEST_CASE("a store-exclusive passes after the load-exclusive of its granule") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    run_exclusive(m, "exclusive_passes", loop);
    CHECK(m.x(5) == kOld);
    CHECK(m.x(4) == 0);
    CHECK(m.peek<u64>(kData) == kNew);
}

TEST_CASE("a store-exclusive fails, and writes nothing, when the monitor is open or elsewhere") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    const auto* name = GENERATE("exclusive_fails_without_load", "exclusive_fails_after_clrex", "exclusive_fails_elsewhere",
                                "exclusive_fails_after_eret");
    INFO(name);
    TestMachine m;
    run_exclusive(m, name, loop);
    CHECK(m.x(4) == 1);
    CHECK(m.peek<u64>(kData) == kOld);
    CHECK(m.peek<u64>(kData + 64) == 0);
}

TEST_CASE("one load-exclusive serves one store-exclusive") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    run_exclusive(m, "exclusive_fails_twice", loop);
    CHECK(m.x(6) == 0);
    CHECK(m.x(4) == 1);
}

TEST_CASE("exclusives of every size move their bytes") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    for (unsigned i = 0; i < 32; ++i) m.poke<u8>(kData + i, static_cast<u8>(0xa0 + i));
    m.x(0) = 0x1111111122222222;
    m.x(1) = kData;
    m.x(3) = 0x3333333344444444;
    REQUIRE(m.run("exclusive_sizes", loop) == emu::StopReason::Requested);
    CHECK(m.x(5) == 0xa0);
    CHECK(m.x(7) == 0xa3a2);
    CHECK(m.x(9) == 0xa7a6a5a4);
    CHECK(m.x(11) == 0xabaaa9a8);
    CHECK(m.x(12) == 0xafaeadac);
    CHECK(m.x(14) == 0xb7b6b5b4b3b2b1b0);
    CHECK(m.x(15) == 0xbfbebdbcbbbab9b8);
    for (const unsigned status : {6u, 8u, 10u, 13u, 16u}) CHECK(m.x(status) == 0);
    CHECK(m.peek<u64>(kData) == 0x222222222222a122);
    CHECK(m.peek<u64>(kData + 8) == 0x4444444422222222);
    CHECK(m.peek<u64>(kData + 16) == 0x1111111122222222);
    CHECK(m.peek<u64>(kData + 24) == 0x3333333344444444);
}

namespace {

struct AtomicForm {
    const char* stem;
    u64 (*result)(u64 old, u64 operand, unsigned bits);
};

u64 low(u64 value, unsigned bits) { return value & arch::low_mask(bits); }
arch::i64 value_of(u64 value, unsigned bits) { return arch::sign_extend(value, bits); }

const AtomicForm kAtomics[] = {
    {"ldadd", [](u64 a, u64 b, unsigned n) { return low(a + b, n); }},
    {"ldclr", [](u64 a, u64 b, unsigned n) { return low(a & ~b, n); }},
    {"ldeor", [](u64 a, u64 b, unsigned n) { return low(a ^ b, n); }},
    {"ldset", [](u64 a, u64 b, unsigned n) { return low(a | b, n); }},
    {"ldsmax", [](u64 a, u64 b, unsigned n) { return value_of(a, n) > value_of(b, n) ? low(a, n) : low(b, n); }},
    {"ldsmin", [](u64 a, u64 b, unsigned n) { return value_of(a, n) < value_of(b, n) ? low(a, n) : low(b, n); }},
    {"ldumax", [](u64 a, u64 b, unsigned n) { return low(a, n) > low(b, n) ? low(a, n) : low(b, n); }},
    {"ldumin", [](u64 a, u64 b, unsigned n) { return low(a, n) < low(b, n) ? low(a, n) : low(b, n); }},
    {"swp", [](u64, u64 b, unsigned n) { return low(b, n); }},
};

}  // namespace

TEST_CASE("atomics return the old value and leave the combined one, in every size") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    constexpr u64 kOperands[] = {0x7f01f0f3c5a69b8d, 0x8f81817181f1c1e1, 1, ~u64{0}};
    for (const AtomicForm& form : kAtomics) {
        for (const unsigned bits : {8u, 16u, 32u, 64u}) {
            for (const u64 operand : kOperands) {
                const std::string name = std::string{form.stem} + "_" + std::to_string(bits);
                INFO(name << " operand " << operand);
                TestMachine m;
                m.poke<u64>(kData, kOld);
                m.x(0) = operand;
                m.x(1) = kData;
                REQUIRE(m.run(name, loop) == emu::StopReason::Requested);
                CHECK(m.x(4) == low(kOld, bits));
                const u64 untouched = kOld & ~arch::low_mask(bits);
                CHECK(m.peek<u64>(kData) == (untouched | form.result(kOld, operand, bits)));
            }
        }
    }
}

TEST_CASE("compare and swap stores only where memory holds what was expected") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    for (const unsigned bits : {8u, 16u, 32u, 64u}) {
        for (const bool equal : {false, true}) {
            TestMachine m;
            m.poke<u64>(kData, kOld);
            m.x(0) = kNew;
            m.x(1) = kData;
            m.x(4) = equal ? kOld : kOld + 1;
            REQUIRE(m.run("cas_" + std::to_string(bits), loop) == emu::StopReason::Requested);
            CHECK(m.x(4) == low(kOld, bits));
            const u64 stored = (kOld & ~arch::low_mask(bits)) | low(kNew, bits);
            CHECK(m.peek<u64>(kData) == (equal ? stored : kOld));
        }
    }
}

TEST_CASE("compare and swap pair compares and stores both registers") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    const bool equal = GENERATE(false, true);
    TestMachine m;
    m.poke<u64>(kData, kOld);
    m.poke<u64>(kData + 8, kNew);
    m.x(1) = kData;
    m.x(2) = 0x1111;
    m.x(3) = 0x2222;
    m.x(4) = kOld;
    m.x(5) = equal ? kNew : kNew + 1;
    REQUIRE(m.run("casp_64", loop) == emu::StopReason::Requested);
    CHECK(m.x(4) == kOld);
    CHECK(m.x(5) == kNew);
    CHECK(m.peek<u64>(kData) == (equal ? 0x1111 : kOld));
    CHECK(m.peek<u64>(kData + 8) == (equal ? 0x2222 : kNew));

    m.poke<u64>(kData, kOld);
    m.x(4) = kOld;
    m.x(5) = equal ? kOld >> 32 : 0;
    REQUIRE(m.run("casp_32", loop) == emu::StopReason::Requested);
    CHECK(m.x(4) == (kOld & 0xffffffff));
    CHECK(m.x(5) == kOld >> 32);
    CHECK(m.peek<u64>(kData) == (equal ? 0x0000222200001111 : kOld));
}

TEST_CASE("an atomic is one lookup, a read and a write") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.x(1) = kData;
    REQUIRE(m.run("atomic_add", loop) == emu::StopReason::Requested);
    CHECK(m.count(mmu::Event::MEM_ACCESS_RD) == 1);
    CHECK(m.count(mmu::Event::MEM_ACCESS_WR) == 1);
}

TEST_CASE("atomics are UNDEFINED on a core without FEAT_LSE, and its ID register says so") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    MachineConfig config;
    config.core.lse = false;
    TestMachine m{config};
    m.x(1) = kData;
    REQUIRE(m.run("atomic_add", loop) == emu::StopReason::Requested);
    CHECK(taken(m).vector == 0x200);
    CHECK(taken(m).esr == 0x02000000);
    CHECK((m.sysreg(emu::SysReg::ID_AA64ISAR0_EL1) >> 20 & 15) == 0);
}

TEST_CASE("an atomic on a device faults, because nothing there can do it") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.x(1) = kDevice;
    REQUIRE(m.run("atomic_add", loop) == emu::StopReason::Requested);
    CHECK(taken(m).esr == 0x96000035);
    CHECK(taken(m).far == kDevice);
}
