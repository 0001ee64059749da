// Data processing against literal results, worked out from the manual's pseudocode.
#include "tests/isa/execute.h"
#include "tests/support/catch.h"

namespace {

using namespace isa_test;
using arch::u32;
using arch::u64;

constexpr u64 kTop = u64{1} << 63;
constexpr u64 kOnes = ~u64{0};

struct Case {
    const char* text;
    u32 word;
    u64 x1, x2, x3;
    u32 nzcv;  // four bits
    u64 result;
    u32 nzcv_after;
};

// X0 starts with a pattern, so that what is kept and what is cleared shows.
constexpr u64 kX0 = 0x0123'4567'89ab'cdef;

void check(const Case& c) {
    emu::Pe pe;
    pe.x[0] = kX0;
    pe.x[1] = c.x1;
    pe.x[2] = c.x2;
    pe.x[3] = c.x3;
    pe.nzcv = c.nzcv << 28;
    execute(pe, c.word);
    INFO(c.text << std::hex << " with " << c.x1 << ", " << c.x2 << ", " << c.x3 << ", NZCV " << c.nzcv);
    CHECK(pe.x[0] == c.result);
    CHECK(pe.nzcv == c.nzcv_after << 28);
    CHECK(pe.pc == kPc + 4);
    CHECK(pe.x[emu::kRegZero] == 0);
}

template <std::size_t N>
void check_all(const Case (&cases)[N]) {
    for (const Case& c : cases) check(c);
}

}  // namespace

TEST_CASE("additions and subtractions set N, Z, C and V as AddWithCarry") {
    check_all({
        {"adds w0, w1, w2", 0x2b02'0020, 0x7fff'ffff, 1, 0, 0, 0x8000'0000, 0b1001},
        {"adds w0, w1, w2", 0x2b02'0020, 0xffff'ffff, 1, 0, 0, 0, 0b0110},
        {"adds w0, w1, w2", 0x2b02'0020, 0xffff'ffff'0000'0001, 0xffff'ffff'0000'0001, 0, 15, 2, 0b0000},
        {"adds x0, x1, x2", 0xab02'0020, kTop, kTop, 0, 0, 0, 0b0111},
        {"adds x0, x1, x2", 0xab02'0020, kTop - 1, 1, 0, 0, kTop, 0b1001},
        {"subs w0, w1, w2", 0x6b02'0020, 0x8000'0000, 1, 0, 0, 0x7fff'ffff, 0b0011},
        {"subs w0, w1, w2", 0x6b02'0020, 1, 2, 0, 0, 0xffff'ffff, 0b1000},
        {"subs x0, x1, x2", 0xeb02'0020, 5, 5, 0, 0, 0, 0b0110},
        {"subs x0, x1, x2", 0xeb02'0020, 0, kTop, 0, 0, kTop, 0b1001},
        {"subs x0, x1, x2", 0xeb02'0020, 0, 0, 0, 0, 0, 0b0110},
    });
}

TEST_CASE("carry goes in and out of ADC and SBC") {
    check_all({
        {"adcs x0, x1, x2", 0xba02'0020, kOnes, kOnes, 0, 0b0010, kOnes, 0b1010},
        {"adcs x0, x1, x2", 0xba02'0020, kOnes, 0, 0, 0b0010, 0, 0b0110},
        {"adcs x0, x1, x2", 0xba02'0020, kTop - 1, 0, 0, 0b0010, kTop, 0b1001},
        {"adcs w0, w1, w2", 0x3a02'0020, 0x7fff'ffff, 0x7fff'ffff, 0, 0b0010, 0xffff'ffff, 0b1001},
        {"sbcs x0, x1, x2", 0xfa02'0020, 5, 5, 0, 0b0000, kOnes, 0b1000},
        {"sbcs x0, x1, x2", 0xfa02'0020, 5, 5, 0, 0b0010, 0, 0b0110},
        {"sbcs x0, x1, x2", 0xfa02'0020, kTop, 0, 0, 0b0000, kTop - 1, 0b0011},
        {"sbcs w0, w1, w2", 0x7a02'0020, 0, 0xffff'ffff, 0, 0b0000, 0, 0b0100},
        {"adc x0, x1, x2", 0x9a02'0020, 1, 2, 0, 0b1111, 4, 0b1111},
        {"sbc x0, x1, x2", 0xda02'0020, 1, 2, 0, 0b1101, kOnes - 1, 0b1101},
    });
}

TEST_CASE("a conditional compare compares, or sets the literal flags") {
    check_all({
        {"ccmp x1, x2, #5, eq", 0xfa42'0025, 7, 7, 0, 0b0100, kX0, 0b0110},
        {"ccmp x1, x2, #5, eq", 0xfa42'0025, 7, 7, 0, 0b1011, kX0, 0b0101},
        {"ccmn w1, #31, #10, ne", 0x3a5f'182a, 0xffff'ffe1, 0, 0, 0b0000, kX0, 0b0110},
        {"ccmn w1, #31, #10, ne", 0x3a5f'182a, 0xffff'ffe1, 0, 0, 0b0100, kX0, 0b1010},
        {"ccmp w1, #1, #0, al", 0x7a41'e820, 0x8000'0000, 0, 0, 0b0000, kX0, 0b0011},
    });
}

TEST_CASE("every condition holds exactly when the manual's expression of the flags does") {
    for (u32 flags = 0; flags < 16; ++flags) {
        const bool n = (flags & 8) != 0, z = (flags & 4) != 0, c = (flags & 2) != 0, v = (flags & 1) != 0;
        const bool expected[16] = {z,           !z,          c,      !c,     n,           !n,          v,    !v,
                                   c && !z,     !(c && !z),  n == v, n != v, !z && n == v, z || n != v, true, true};
        for (u32 condition = 0; condition < 16; ++condition) {
            emu::Pe pe;
            pe.nzcv = flags << 28;
            execute(pe, 0x5400'0080 | condition);  // b.cond .+16
            INFO("condition " << condition << " flags " << flags);
            CHECK(pe.record.taken == expected[condition]);
            CHECK(pe.pc == (expected[condition] ? kPc + 16 : kPc + 4));
        }
    }
}

TEST_CASE("division truncates, gives zero for zero, and wraps its one overflow") {
    check_all({
        {"sdiv x0, x1, x2", 0x9ac2'0c20, kTop, kOnes, 0, 15, kTop, 15},
        {"sdiv x0, x1, x2", 0x9ac2'0c20, static_cast<u64>(-7), 2, 0, 0, static_cast<u64>(-3), 0},
        {"sdiv x0, x1, x2", 0x9ac2'0c20, 7, 0, 0, 0, 0, 0},
        {"sdiv w0, w1, w2", 0x1ac2'0c20, 0x8000'0000, 0xffff'ffff, 0, 0, 0x8000'0000, 0},
        {"sdiv w0, w1, w2", 0x1ac2'0c20, 0xffff'fff9, 0xffff'fffe, 0, 0, 3, 0},
        {"sdiv w0, w1, w2", 0x1ac2'0c20, 7, 0xffff'ffff'0000'0000, 0, 0, 0, 0},
        {"udiv x0, x1, x2", 0x9ac2'0820, kOnes, 2, 0, 0, kTop - 1, 0},
        {"udiv x0, x1, x2", 0x9ac2'0820, kOnes, 0, 0, 0, 0, 0},
        {"udiv w0, w1, w2", 0x1ac2'0820, 0xffff'ffff'ffff'fff9, 0xffff'fffe, 0, 0, 0, 0},
    });
}

TEST_CASE("products of every width and sign") {
    check_all({
        {"smulh x0, x1, x2", 0x9b42'7c20, kOnes, kOnes, 0, 0, 0, 0},
        {"smulh x0, x1, x2", 0x9b42'7c20, kTop, kTop, 0, 0, u64{1} << 62, 0},
        {"smulh x0, x1, x2", 0x9b42'7c20, kTop, 2, 0, 0, kOnes, 0},
        {"umulh x0, x1, x2", 0x9bc2'7c20, kOnes, kOnes, 0, 0, kOnes - 1, 0},
        {"umulh x0, x1, x2", 0x9bc2'7c20, kTop, 2, 0, 0, 1, 0},
        {"smaddl x0, w1, w2, x3", 0x9b22'0c20, 0xffff'ffff, 2, 10, 0, 8, 0},
        {"smsubl x0, w1, w2, x3", 0x9b22'8c20, 0xffff'ffff, 2, 10, 0, 12, 0},
        {"umaddl x0, w1, w2, x3", 0x9ba2'0c20, 0x1'ffff'ffff, 2, 1, 0, 0x1'ffff'ffff, 0},
        {"umsubl x0, w1, w2, x3", 0x9ba2'8c20, 0xffff'ffff, 1, 0, 0, 0xffff'ffff'0000'0001, 0},
        {"madd w0, w1, w2, w3", 0x1b02'0c20, 0x1'0001, 0x1'0001, 5, 0, 0x2'0006, 0},
        {"msub x0, x1, x2, x3", 0x9b02'8c20, 3, 4, 5, 0, static_cast<u64>(-7), 0},
    });
}

TEST_CASE("CRC32 and CRC32C of known messages") {
    // The check value of both is the CRC of "123456789" from all ones, inverted at the end: 0xcbf43926 and
    // 0xe3069283. Eight bytes as one word, then '9'.
    emu::Pe pe;
    pe.x[1] = 0xffff'ffff;
    pe.x[2] = 0x3837'3635'3433'3231;
    execute(pe, 0x9ac2'4c20);  // crc32x w0, w1, x2
    pe.x[1] = pe.x[0];
    pe.x[2] = 0xaaaa'aa39;
    execute(pe, 0x1ac2'4020);  // crc32b w0, w1, w2
    CHECK((pe.x[0] ^ 0xffff'ffff) == 0xcbf4'3926);
    pe.x[1] = 0xffff'ffff;
    pe.x[2] = 0x3837'3635'3433'3231;
    execute(pe, 0x9ac2'5c20);  // crc32cx w0, w1, x2
    pe.x[1] = pe.x[0];
    pe.x[2] = 0x39;
    execute(pe, 0x1ac2'5020);  // crc32cb w0, w1, w2
    CHECK((pe.x[0] ^ 0xffff'ffff) == 0xe306'9283);
}

TEST_CASE("bitfields are extracted, inserted and sign-extended") {
    check_all({
        {"sbfx x0, x1, #4, #8", 0x9344'2c20, 0x0fff'ff80'0, 0, 0, 0, 0xffff'ffff'ffff'ff80, 0},
        {"sbfiz x0, x1, #60, #4", 0x9344'0c20, 0x19, 0, 0, 0, 0x9000'0000'0000'0000, 0},
        {"sbfiz w0, w1, #28, #4", 0x1304'0c20, 0x19, 0, 0, 0, 0x9000'0000, 0},
        {"ubfx w0, w1, #31, #1", 0x531f'7c20, 0x1'8000'0000, 0, 0, 0, 1, 0},
        {"ubfiz x0, x1, #8, #16", 0xd378'3c20, 0xdead'beef, 0, 0, 0, 0xbe'ef00, 0},
        {"sxtw x0, w1", 0x9340'7c20, 0x1'8000'0000, 0, 0, 0, 0xffff'ffff'8000'0000, 0},
        {"asr x0, x1, #63", 0x937f'fc20, kTop, 0, 0, 0, kOnes, 0},
        {"lsl x0, x1, #1", 0xd37f'f820, kTop + 3, 0, 0, 0, 6, 0},
        {"bfi x0, x1, #8, #16", 0xb378'3c20, 0xffff'5555, 0, 0, 0, 0x0123'4567'8955'55ef, 0},
        {"bfxil w0, w1, #8, #8", 0x3308'3c20, 0x1122'3344, 0, 0, 0, 0x89ab'cd33, 0},
        {"bfi x0, x1, #0, #64", 0xb340'fc20, 0x42, 0, 0, 0, 0x42, 0},
        {"bfc x0, #4, #4", 0xb37c'0fe0, 0, 0, 0, 0, 0x0123'4567'89ab'cd0f, 0},
        {"extr x0, x1, x2, #4", 0x93c2'1020, 0xabcd, 0x1234'5678'9abc'def0, 0, 0, 0xd123'4567'89ab'cdef, 0},
        {"extr x0, x1, x2, #0", 0x93c2'0020, 0xabcd, 0x1234, 0, 0, 0x1234, 0},
        {"extr w0, w1, w2, #31", 0x1382'7c20, 0xffff'ffff'4000'0001, 0x8000'0000, 0, 0, 0x8000'0003, 0},
        {"ror x0, x1, #8", 0x93c1'2020, 0x12, 0, 0, 0, 0x1200'0000'0000'0000, 0},
    });
}

TEST_CASE("wide moves and PC-relative addresses") {
    check_all({
        {"movz x0, #0xffff, lsl #48", 0xd2ff'ffe0, 0, 0, 0, 0, 0xffff'0000'0000'0000, 0},
        {"movn w0, #0", 0x1280'0000, 0, 0, 0, 0, 0xffff'ffff, 0},
        {"movn x0, #0xffff, lsl #16", 0x92bf'ffe0, 0, 0, 0, 0, 0xffff'ffff'0000'ffff, 0},
        {"movk x0, #0x1234, lsl #16", 0xf2a2'4680, 0, 0, 0, 0, 0x0123'4567'1234'cdef, 0},
        {"movk w0, #0x1234, lsl #16", 0x72a2'4680, 0, 0, 0, 0, 0x1234'cdef, 0},
        {"adr x0, .+0x10", 0x1000'0080, 0, 0, 0, 0, kPc + 16, 0},
        {"adr x0, .-1", 0x70ff'ffe0, 0, 0, 0, 0, kPc - 1, 0},
        {"adrp x0, .+0x1000", 0xb000'0000, 0, 0, 0, 0, 0x40'0123'5000, 0},
        {"adrp x0, .-0x1000", 0xf0ff'ffe0, 0, 0, 0, 0, 0x40'0123'3000, 0},
    });
}

TEST_CASE("register 31 is SP or the zero register as the instruction says") {
    emu::Pe pe;
    pe.x[emu::kRegSp] = 0x8000;
    pe.x[1] = 0x1009;
    execute(pe, 0xd100'43e0);  // sub x0, sp, #16
    CHECK(pe.x[0] == 0x7ff0);
    execute(pe, 0xf240'003f);  // tst x1, #1
    CHECK(pe.nzcv == 0);
    CHECK(pe.x[emu::kRegSp] == 0x8000);
    execute(pe, 0x927c'ec3f);  // and sp, x1, #-16
    CHECK(pe.x[emu::kRegSp] == 0x1000);
    execute(pe, 0x917f'fc3f);  // add sp, x1, #0xfff, lsl #12
    CHECK(pe.x[emu::kRegSp] == 0x100'0009);
    execute(pe, 0x3200'f3e0);  // orr w0, wzr, #0x55555555
    CHECK(pe.x[0] == 0x5555'5555);
    pe.x[2] = 0x80;
    execute(pe, 0x8b22'8fe0);  // add x0, sp, w2, sxtb #3
    CHECK(pe.x[0] == 0x100'0009 - 0x400);
    execute(pe, 0xeb22'e7ff);  // cmp sp, x2, sxtx #1
    CHECK(pe.nzcv == u32{0b0010} << 28);
    CHECK(pe.x[emu::kRegZero] == 0);
}

TEST_CASE("extended and shifted operands") {
    check_all({
        {"add x0, x1, w2, uxtw #4", 0x8b22'5020, 1, 0xffff'ffff'8000'0001, 0, 0, 0x8'0000'0011, 0},
        {"add w0, w1, w2, uxth", 0x0b22'2020, 1, 0x1'ffff, 0, 0, 0x1'0000, 0},
        {"orn x0, x1, x2, ror #63", 0xaae2'fc20, 0, kTop, 0, 0, ~u64{1}, 0},
        {"bics w0, w1, w2, asr #31", 0x6aa2'7c20, 0xffff'ffff, 0x7fff'ffff, 0, 15, 0xffff'ffff, 0b1000},
        {"bics w0, w1, w2, asr #31", 0x6aa2'7c20, 0xffff'ffff, 0x8000'0000, 0, 15, 0, 0b0100},
        {"eon x0, x1, x2, lsr #1", 0xca62'0420, 0, 3, 0, 0, ~u64{1}, 0},
        {"lslv w0, w1, w2", 0x1ac2'2020, 1, 33, 0, 0, 2, 0},
        {"rorv x0, x1, x2", 0x9ac2'2c20, 1, 65, 0, 0, kTop, 0},
        {"asrv w0, w1, w2", 0x1ac2'2820, 0x8000'0000, 31, 0, 0, 0xffff'ffff, 0},
        {"lsrv x0, x1, x2", 0x9ac2'2420, kTop, 127, 0, 0, 1, 0},
    });
}

TEST_CASE("conditional selects") {
    check_all({
        {"csinc x0, x1, x2, ne", 0x9a82'1420, 1, kOnes, 0, 0b0100, 0, 0b0100},
        {"csinc x0, x1, x2, ne", 0x9a82'1420, 1, kOnes, 0, 0b0000, 1, 0b0000},
        {"csneg w0, w1, w2, eq", 0x5a82'0420, 1, 5, 0, 0b0000, 0xffff'fffb, 0b0000},
        {"csinv x0, x1, x2, nv", 0xda82'f020, 9, 5, 0, 0b0000, 9, 0b0000},
        {"csel w0, w1, w2, gt", 0x1a82'c020, kOnes, 5, 0, 0b1001, 0xffff'ffff, 0b1001},
        {"csel w0, w1, w2, gt", 0x1a82'c020, kOnes, 5, 0, 0b1000, 5, 0b1000},
    });
}

TEST_CASE("bits and bytes reversed and counted") {
    check_all({
        {"rbit w0, w1", 0x5ac0'0020, 0x1'0000'0003, 0, 0, 0, 0xc000'0000, 0},
        {"rbit x0, x1", 0xdac0'0020, 0x13, 0, 0, 0, 0xc800'0000'0000'0000, 0},
        {"rev16 x0, x1", 0xdac0'0420, 0x0123'4567'89ab'cdef, 0, 0, 0, 0x2301'6745'ab89'efcd, 0},
        {"rev16 w0, w1", 0x5ac0'0420, 0x0123'4567'89ab'cdef, 0, 0, 0, 0xab89'efcd, 0},
        {"rev w0, w1", 0x5ac0'0820, 0x0123'4567'89ab'cdef, 0, 0, 0, 0xefcd'ab89, 0},
        {"rev32 x0, x1", 0xdac0'0820, 0x0123'4567'89ab'cdef, 0, 0, 0, 0x6745'2301'efcd'ab89, 0},
        {"rev x0, x1", 0xdac0'0c20, 0x0123'4567'89ab'cdef, 0, 0, 0, 0xefcd'ab89'6745'2301, 0},
        {"clz w0, w1", 0x5ac0'1020, 0xffff'ffff'0000'0000, 0, 0, 0, 32, 0},
        {"clz x0, x1", 0xdac0'1020, 1, 0, 0, 0, 63, 0},
        {"cls w0, w1", 0x5ac0'1420, 0xffff'ffff, 0, 0, 0, 31, 0},
        {"cls w0, w1", 0x5ac0'1420, 0x4000'0000, 0, 0, 0, 0, 0},
        {"cls x0, x1", 0xdac0'1420, 0, 0, 0, 0, 63, 0},
        {"cls x0, x1", 0xdac0'1420, 0xf000'0000'0000'0000, 0, 0, 0, 3, 0},
    });
}
