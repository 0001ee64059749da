// Loads and stores of single vector registers and pairs: bytes, write-back, faults, alignment and what is recorded.
#include "tests/simd/simd_machine.h"
#include "tests/support/catch.h"

using namespace simd_test;
using core_test::kCode;

namespace {

constexpr u64 kBase = kPages + 0x800;

u8 pattern(u64 va) { return static_cast<u8>(va * 37 ^ va >> 8); }

struct Fixture : SimdMachine {
    Fixture() {
        for (u64 va = kPages; va < kPages + 0x2000; ++va) set_byte(va, pattern(va));
        for (unsigned n = 0; n < 32; ++n) v(n) = all<u8>(static_cast<u8>(0xe0 + n));
        x(1) = kBase;
    }
    // v<n> holds `count` bytes of memory from va on, and zeroes above.
    [[nodiscard]] bool holds(unsigned n, u64 va, unsigned count) {
        std::vector<u8> expected(16, 0);
        for (unsigned i = 0; i < count; ++i) expected[i] = pattern(va + i);
        return elements<u8>(v(n)) == expected;
    }
    // Memory is the pattern but for `count` bytes of `value` from va on.
    [[nodiscard]] bool only_stored(u64 va, unsigned count, u8 value) {
        for (u64 at = kPages; at < kPages + 0x2000; ++at) {
            const bool stored = at >= va && at < va + count;
            if (byte(at) != (stored ? value : pattern(at))) return false;
        }
        return true;
    }
    [[nodiscard]] bool is_untouched(unsigned n) { return elements<u8>(v(n)) == std::vector<u8>(16, static_cast<u8>(0xe0 + n)); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a load of each size clears the rest of the register") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    REQUIRE(execute(I::ldr_b, loop));
    CHECK(holds(0, kBase + 5, 1));
    REQUIRE(execute(I::ldr_h, loop));
    CHECK(holds(0, kBase + 6, 2));
    REQUIRE(execute(I::ldr_s, loop));
    CHECK(holds(0, kBase + 12, 4));
    REQUIRE(execute(I::ldr_d, loop));
    CHECK(holds(0, kBase + 24, 8));
    REQUIRE(execute(I::ldr_q, loop));
    CHECK(holds(0, kBase + 32, 16));
    REQUIRE(execute(I::ldur_q, loop));
    CHECK(holds(0, kBase - 9, 16));
}

TEST_CASE_METHOD(Fixture, "a store of each size writes only its bytes") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    SECTION("b") { CHECK((execute(I::str_b, loop) && only_stored(kBase + 5, 1, 0xe0))); }
    SECTION("h") { CHECK((execute(I::str_h, loop) && only_stored(kBase + 6, 2, 0xe0))); }
    SECTION("s") { CHECK((execute(I::str_s, loop) && only_stored(kBase + 12, 4, 0xe0))); }
    SECTION("d") { CHECK((execute(I::str_d, loop) && only_stored(kBase + 24, 8, 0xe0))); }
    SECTION("q") { CHECK((execute(I::str_q, loop) && only_stored(kBase + 32, 16, 0xe0))); }
}

TEST_CASE_METHOD(Fixture, "addresses: post-indexed, pre-indexed, by register and literal") {
    REQUIRE(execute(I::ldr_q_post));
    CHECK((holds(0, kBase, 16) && x(1) == kBase - 9));
    REQUIRE(execute(I::ldr_q_pre));
    CHECK((holds(0, kBase + 8, 16) && x(1) == kBase + 8));
    x(1) = kBase;
    x(2) = 3;
    REQUIRE(execute(I::ldr_q_reg));
    CHECK(holds(0, kBase + 48, 16));
    x(2) = 0xffff'fffe;  // -2 as a word
    REQUIRE(execute(I::ldr_h_reg));
    CHECK(holds(0, kBase - 4, 2));
    m.poke<u64>(kCode + 64, 0x1122'3344'5566'7788);
    m.poke<u64>(kCode + 72, 0x99aa'bbcc'ddee'ff00);
    REQUIRE(execute(I::ldr_q_lit));
    CHECK(elements<u64>(v(0)) == std::vector<u64>{0x1122'3344'5566'7788, 0x99aa'bbcc'ddee'ff00});
    REQUIRE(execute(I::str_q_post));
    CHECK(x(1) == kBase + 33);
}

TEST_CASE_METHOD(Fixture, "pairs of each size") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    REQUIRE(execute(I::ldp_s, loop));
    CHECK((holds(0, kBase + 12, 4) && holds(1, kBase + 16, 4)));
    REQUIRE(execute(I::ldp_d, loop));
    CHECK((holds(0, kBase, 8) && holds(1, kBase + 8, 8) && x(1) == kBase + 16));
    REQUIRE(execute(I::ldp_q, loop));
    CHECK((holds(0, kBase - 16, 16) && holds(1, kBase, 16) && x(1) == kBase - 16));
    REQUIRE(execute(I::ldnp_q, loop));
    CHECK((holds(0, kBase, 16) && holds(1, kBase + 16, 16)));
    v(0) = v(1) = all<u8>(0x42);
    REQUIRE(execute(I::stp_q, loop));
    CHECK((only_stored(kBase + 16, 32, 0x42) && x(1) == kBase + 16));
}

TEST_CASE_METHOD(Fixture, "an access across pages has its bytes from both") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    x(1) = kPages + 0x1000 - 32 - 7;
    REQUIRE(execute(I::ldr_q, loop));
    CHECK(holds(0, kPages + 0x1000 - 7, 16));
    x(1) = kPages + 0x1000 - 20;
    REQUIRE(execute(I::ldnp_q, loop));
    CHECK((holds(0, kPages + 0x1000 - 4, 16) && holds(1, kPages + 0x1000 + 12, 16)));
    x(1) = kPages + 0x1000 - 1 - 33;
    x(2) = 33;
    v(0) = all<u8>(0x42);
    REQUIRE(execute(I::str_q_reg, loop));
    CHECK(only_stored(kPages + 0x1000 - 1, 16, 0x42));
}

TEST_CASE_METHOD(Fixture, "a fault on the second page names its first byte and changes neither registers nor memory") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    const u64 end = kPages + 0x2000;
    x(1) = end - 10;
    CHECK_FALSE(execute(I::ldr_q_post, loop));
    CHECK(core_test::taken(m).far == end);
    CHECK(core_test::taken(m).esr == 0x9600'0007);
    CHECK((is_untouched(0) && x(1) == end - 10));
    x(1) = end - 48;
    CHECK_FALSE(execute(I::stp_q, loop));
    CHECK(core_test::taken(m).far == end);
    CHECK(core_test::taken(m).esr == 0x9600'0047);
    CHECK((only_stored(end, 0, 0) && x(1) == end - 48));
    x(1) = end - 24 + 32;
    CHECK_FALSE(execute(I::ldp_q, loop));
    CHECK((is_untouched(0) && is_untouched(1) && x(1) == end - 24 + 32));
}

TEST_CASE_METHOD(Fixture, "where alignment is checked a Q register wants 16 bytes, a pair what one register wants") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    tables.enable(2);  // SCTLR_EL1.A
    x(1) = kBase + 8;
    CHECK_FALSE(execute(I::ldr_q, loop));
    CHECK(core_test::taken(m).esr == 0x9600'0021);
    CHECK(core_test::taken(m).far == kBase + 40);
    CHECK_FALSE(execute(I::ldnp_q, loop));
    CHECK(execute(I::ldr_d, loop));
    CHECK(execute(I::ldp_d, loop));
    x(1) = kBase + 4;
    CHECK(execute(I::ldp_s, loop));
    CHECK_FALSE(execute(I::stp_q, loop));
    CHECK(core_test::taken(m).esr == 0x9600'0061);
    x(1) = kBase;
    CHECK(execute(I::ldr_q, loop));
}

TEST_CASE_METHOD(Fixture, "a misaligned stack pointer as base faults") {
    tables.enable(8);  // SCTLR_EL1.SA
    m.core.pe.x[emu::kRegSp] = kBase + 8;
    CHECK_FALSE(execute(I::ldr_q_sp));
    CHECK(core_test::taken(m).esr >> 26 == 0x26);
    m.core.pe.x[emu::kRegSp] = kBase;
    CHECK(execute(I::ldr_q_sp));
    CHECK(holds(0, kBase, 16));
}

TEST_CASE_METHOD(Fixture, "an access is recorded once for each page") {
    const emu::InstructionRecord& record = m.core.pe.record;
    REQUIRE(execute(I::ldnp_q, Loop::Recording));
    REQUIRE(record.access_count == 1);
    CHECK((record.access[0].va == kBase + 16 && record.access[0].bytes == 32));
    x(1) = kPages + 0x1000 - 20;
    REQUIRE(execute(I::ldnp_q, Loop::Recording));
    REQUIRE(record.access_count == 2);
    CHECK((record.access[0].bytes == 4 && record.access[0].pa == kFirstPage + 0x1000 - 4));
    CHECK((record.access[1].bytes == 28 && record.access[1].pa == kSecondPage));
    x(1) = kPages + 0x1000 - 24;
    REQUIRE(execute(I::ld4_8h, Loop::Recording));
    REQUIRE(record.access_count == 2);
    CHECK((record.access[0].bytes == 24 && record.access[1].bytes == 40));
}

TEST_CASE_METHOD(Fixture, "a long loop of vector loads and stores needs no more host stack than a short one") {
    const I body[] = {I::ldr_q, I::ldr_b, I::ldp_d, I::ldnp_q, I::str_q, I::stp_s, I::ld1_x4_2d, I::ld4_8h, I::st2_16b,
                      I::ld1_lane_b, I::st3_lane_h, I::ld1r_8h, I::add_4s, I::umov_x_d, I::tbl_8b};
    u64 at = kCode;
    for (const I instruction : body) m.poke<u32>(std::exchange(at, at + 4), word_of(instruction));
    m.poke<u32>(at, 0xd100'4021);  // sub x1, x1, #16: ldp_d added it
    m.poke<u32>(at + 4, 0x1400'0000 | (static_cast<u32>(kCode - at - 4) / 4 & 0x03ff'ffff));
    m.core.pe.pc = kCode;
    m.core.pe.refetch = true;
    CHECK(m.resume(Loop::Plain, 8'000'000) == emu::StopReason::Limit);
    CHECK(x(1) - kBase <= 16);
}
