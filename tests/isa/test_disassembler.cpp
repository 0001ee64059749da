#include "emu/isa/disassembler.h"

#include "tests/support/catch.h"

TEST_CASE("instructions are printed as assembly, branches with their target") {
    const emu::Disassembler disassembler;
    CHECK(disassembler.text(0x9100'43e0, 0) == "add x0, sp, #0x10");
    CHECK(disassembler.text(0x9400'0002, 0x4000) == "bl #0x4008");
    CHECK(disassembler.text(0xd65f'03c0, 0) == "ret");
}

TEST_CASE("what Capstone does not know is printed by its row, as binutils spells it") {
    const emu::Disassembler disassembler;
    CHECK(disassembler.text(0xf83f'8064, 0) == "swp xzr, x4, [x3]");
    CHECK(disassembler.text(0x38e2'0041, 0) == "ldaddalb w2, w1, [x2]");
    CHECK(disassembler.text(0xf8bf'c3e0, 0) == "ldapr x0, [sp]");
    CHECK(disassembler.text(0x0000'002a, 0) == "udf imm16=42");
}

TEST_CASE("a word without a row is printed by its digits") {
    const emu::Disassembler disassembler;
    CHECK(disassembler.text(0xffff'ffff, 0) == "UNDEFINED 0xffffffff");
}
