// Loads and stores of structures, against what their definition says of every element.
#include "tests/simd/simd_machine.h"
#include "tests/support/catch.h"

using namespace simd_test;

namespace {

constexpr u64 kBase = kPages + 0x808;

u8 pattern(u64 va) { return static_cast<u8>(va * 37 ^ va >> 8); }
u8 register_byte(unsigned n, unsigned i) { return static_cast<u8>(n * 16 + i + 1); }

// Which instruction moves how many registers, of elements of `size` bytes, `bytes` of each register.
struct Form {
    I load;
    I store;
    unsigned registers;
    unsigned size;
    unsigned bytes;
    bool interleaved;
};
const Form kForms[] = {
    {I::ld1_x1_8b, I::st1_x1_8b, 1, 1, 8, false},   {I::ld1_x2_16b, I::st1_x2_16b, 2, 1, 16, false},
    {I::ld1_x3_4h, I::st1_x3_4h, 3, 2, 8, false},   {I::ld1_x4_2d, I::st1_x4_2d, 4, 8, 16, false},
    {I::ld2_16b, I::st2_16b, 2, 1, 16, true},       {I::ld2_4h, I::st2_4h, 2, 2, 8, true},
    {I::ld3_8b, I::st3_8b, 3, 1, 8, true},          {I::ld3_2d, I::st3_2d, 3, 8, 16, true},
    {I::ld4_8h, I::st4_8h, 4, 2, 16, true},         {I::ld4_2s, I::st4_2s, 4, 4, 8, true},
};

// Where byte i of register r is in memory, from the base.
unsigned place(const Form& form, unsigned r, unsigned i) {
    if (!form.interleaved) return r * form.bytes + i;
    return (i / form.size * form.registers + r) * form.size + i % form.size;
}

struct Fixture : SimdMachine {
    Fixture() {
        for (u64 va = kPages; va < kPages + 0x2000; ++va) set_byte(va, pattern(va));
        reset_registers();
        x(1) = kBase;
    }
    void reset_registers() {
        for (unsigned n = 0; n < 32; ++n) {
            for (unsigned i = 0; i < 16; ++i) reinterpret_cast<u8*>(v(n).d)[i] = register_byte(n, i);
        }
    }
    [[nodiscard]] bool is_untouched(unsigned n) {
        for (unsigned i = 0; i < 16; ++i) {
            if (elements<u8>(v(n))[i] != register_byte(n, i)) return false;
        }
        return true;
    }
    // As the load at `va` leaves it.
    [[nodiscard]] bool is_loaded(const Form& form, unsigned r, u64 va) {
        const std::vector<u8> got = elements<u8>(v(r));
        for (unsigned i = 0; i < 16; ++i) {
            const u8 expected = i < form.bytes ? pattern(va + place(form, r, i)) : u8{0};
            if (got[i] != expected) return false;
        }
        return true;
    }
    // Memory as the store to `va` leaves it.
    [[nodiscard]] bool is_stored(const Form& form, u64 va) {
        for (unsigned r = 0; r < form.registers; ++r) {
            for (unsigned i = 0; i < form.bytes; ++i) {
                if (byte(va + place(form, r, i)) != register_byte(r, i)) return false;
            }
        }
        const u64 end = va + form.registers * form.bytes;
        return byte(va - 1) == pattern(va - 1) && byte(end) == pattern(end);
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "multiple structures are loaded element by element, in one page and across two") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    for (const Form& form : kForms) {
        for (const u64 va : {kBase, kPages + 0x1000 - 5, kPages + 0x1000 - 3}) {
            reset_registers();
            x(1) = va;
            REQUIRE(execute(form.load, loop));
            for (unsigned r = 0; r < form.registers; ++r) CHECK(is_loaded(form, r, va));
            CHECK(is_untouched(form.registers));
            CHECK(x(1) == va);
        }
    }
}

TEST_CASE_METHOD(Fixture, "multiple structures are stored element by element, in one page and across two") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    for (const Form& form : kForms) {
        for (const u64 va : {kBase, kPages + 0x1000 - 5, kPages + 0x1000 - 3}) {
            for (u64 at = kPages; at < kPages + 0x2000; ++at) set_byte(at, pattern(at));
            x(1) = va;
            REQUIRE(execute(form.store, loop));
            CHECK(is_stored(form, va));
        }
    }
}

TEST_CASE_METHOD(Fixture, "registers go on from V31 to V0") {
    REQUIRE(execute(I::ld1_wrap));
    CHECK(elements<u8>(v(31)) == bytes(kBase, 16));
    CHECK(elements<u8>(v(0)) == bytes(kBase + 16, 16));
    CHECK(is_untouched(1));
}

TEST_CASE_METHOD(Fixture, "post-indexed forms add the bytes moved, or a register") {
    REQUIRE(execute(I::ld3_post));
    CHECK(x(1) == kBase + 48);
    x(2) = static_cast<u64>(-48);
    REQUIRE(execute(I::ld1_post_reg));
    CHECK(x(1) == kBase);
    REQUIRE(execute(I::st4_post));
    CHECK(x(1) == kBase + 64);
    REQUIRE(execute(I::ld4_lane_b_post));
    CHECK(x(1) == kBase + 68);
    REQUIRE(execute(I::ld4r_16b_post));
    CHECK(x(1) == kBase + 72);
}

TEST_CASE_METHOD(Fixture, "a lane is loaded beside the others, which stay") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    REQUIRE(execute(I::ld1_lane_b, loop));
    CHECK(elements<u8>(v(0))[15] == pattern(kBase));
    CHECK(elements<u8>(v(0))[14] == register_byte(0, 14));
    REQUIRE(execute(I::ld2_lane_h, loop));
    CHECK(elements<u8>(v(1))[10] == pattern(kBase + 2));
    CHECK(elements<u8>(v(1))[11] == pattern(kBase + 3));
    CHECK(elements<u8>(v(1))[9] == register_byte(1, 9));
    CHECK(elements<u8>(v(1))[12] == register_byte(1, 12));
    REQUIRE(execute(I::ld3_lane_s, loop));
    CHECK(elements<u8>(v(2))[12] == pattern(kBase + 8));
    CHECK(elements<u8>(v(2))[11] == register_byte(2, 11));
    REQUIRE(execute(I::ld4_lane_d, loop));
    CHECK(elements<u8>(v(3))[8] == pattern(kBase + 24));
    CHECK(elements<u8>(v(3))[7] == register_byte(3, 7));
}

TEST_CASE_METHOD(Fixture, "a lane is stored alone") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    SECTION("d") {
        REQUIRE(execute(I::st1_lane_d, loop));
        for (unsigned i = 0; i < 8; ++i) CHECK(byte(kBase + i) == register_byte(0, 8 + i));
        CHECK(byte(kBase + 8) == pattern(kBase + 8));
    }
    SECTION("s of two") {
        REQUIRE(execute(I::st2_lane_s, loop));
        for (unsigned i = 0; i < 8; ++i) CHECK(byte(kBase + i) == register_byte(i / 4, 8 + i % 4));
        CHECK(byte(kBase + 8) == pattern(kBase + 8));
    }
    SECTION("h of three") {
        REQUIRE(execute(I::st3_lane_h, loop));
        for (unsigned i = 0; i < 6; ++i) CHECK(byte(kBase + i) == register_byte(i / 2, 14 + i % 2));
        CHECK(byte(kBase + 6) == pattern(kBase + 6));
    }
    SECTION("b of four") {
        REQUIRE(execute(I::st4_lane_b, loop));
        for (unsigned i = 0; i < 4; ++i) CHECK(byte(kBase + i) == register_byte(i, 9));
        CHECK(byte(kBase + 4) == pattern(kBase + 4));
    }
}

TEST_CASE_METHOD(Fixture, "replicating loads fill every lane that takes part") {
    REQUIRE(execute(I::ld1r_8h));
    for (unsigned i = 0; i < 16; ++i) CHECK(elements<u8>(v(0))[i] == pattern(kBase + i % 2));
    REQUIRE(execute(I::ld2r_2s));
    for (unsigned i = 0; i < 8; ++i) CHECK(elements<u8>(v(1))[i] == pattern(kBase + 4 + i % 4));
    CHECK(v(1).d[1] == 0);
}

TEST_CASE_METHOD(Fixture, "a fault on the second page of a structure changes nothing") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    const u64 end = kPages + 0x2000;
    x(1) = end - 24;
    CHECK_FALSE(execute(I::ld3_post, loop));
    CHECK(core_test::taken(m).far == end);
    CHECK(core_test::taken(m).esr == 0x9600'0007);
    for (unsigned r = 0; r < 3; ++r) CHECK(is_untouched(r));
    CHECK(x(1) == end - 24);
    CHECK_FALSE(execute(I::st4_post, loop));
    CHECK(core_test::taken(m).esr == 0x9600'0047);
    CHECK(byte(end - 24) == pattern(end - 24));
    x(1) = end - 2;
    CHECK_FALSE(execute(I::ld4_lane_b_post, loop));
    CHECK(core_test::taken(m).far == end);
    CHECK((is_untouched(0) && x(1) == end - 2));
}

TEST_CASE_METHOD(Fixture, "where alignment is checked a structure wants that of its elements") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    tables.enable(2);  // SCTLR_EL1.A
    x(1) = kBase + 1;
    CHECK(execute(I::ld2_16b, loop));
    CHECK_FALSE(execute(I::ld4_8h, loop));
    CHECK(core_test::taken(m).esr == 0x9600'0021);
    x(1) = kBase + 2;
    CHECK(execute(I::ld4_8h, loop));
    CHECK_FALSE(execute(I::ld1_x4_2d, loop));
    CHECK_FALSE(execute(I::st1_lane_d, loop));
    CHECK(core_test::taken(m).esr == 0x9600'0061);
    CHECK(execute(I::ld1r_8h, loop));
    CHECK_FALSE(execute(I::ld2r_2s, loop));
    x(1) = kBase;
    CHECK(execute(I::ld1_x4_2d, loop));
}
