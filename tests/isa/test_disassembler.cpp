#include "emu/isa/disassembler.h"

#include "tests/support/catch.h"

TEST_CASE("instructions are printed as assembly, branches with their target") {
    const emu::Disassembler disassembler;
    CHECK(disassembler.text(0x9100'43e0, 0) == "add x0, sp, #0x10");
    CHECK(disassembler.text(0x9400'0002, 0x4000) == "bl #0x4008");
    CHECK(disassembler.text(0xd65f'03c0, 0) == "ret");
}

TEST_CASE("a word without text is printed by its row and its digits") {
    const emu::Disassembler disassembler;
    CHECK(disassembler.text(0x0000'002a, 0) == "UDF 0x0000002a");
    CHECK(disassembler.text(0xffff'ffff, 0) == "UNDEFINED 0xffffffff");
}
