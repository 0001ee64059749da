#include "emu/isa/pattern.h"
#include "tests/support/catch.h"

namespace {

using emu::parse_pattern;

constexpr std::string_view kAddImmediate = "1 00 100010 sh imm12 Rn Rd";

}  // namespace

TEST_CASE("a pattern gives mask, match and the places of its fields") {
    constexpr emu::Pattern pattern = parse_pattern(kAddImmediate);
    CHECK(pattern.mask == 0xff80'0000);
    CHECK(pattern.match == 0x9100'0000);
    REQUIRE(pattern.field_count == 4);
    CHECK(pattern.fields[0] == emu::FieldPlace{emu::FieldId::sh, 22});
    CHECK(pattern.fields[1] == emu::FieldPlace{emu::FieldId::imm12, 10});
    CHECK(pattern.fields[3] == emu::FieldPlace{emu::FieldId::Rd, 0});
}

TEST_CASE("don't-care and should-be bits are not fixed") {
    constexpr emu::Pattern pattern = parse_pattern("0 x (10) 0000 00000000 00000000 00000000");
    CHECK(pattern.mask == 0x8fff'ffff);
    CHECK(pattern.should_mask == 0x3000'0000);
    CHECK(pattern.should_value == 0x2000'0000);
    CHECK(pattern.free_bits() == 0x4000'0000);
    CHECK(pattern.matches(0x7000'0000));
    CHECK_FALSE(pattern.matches(0x8000'0000));
}

TEST_CASE("a pattern that is not 32 bits of known fields is refused") {
    CHECK_THROWS_WITH(parse_pattern("1 00 100010 sh imm12 Rn"), "pattern is shorter than 32 bits");
    CHECK_THROWS_WITH(parse_pattern("1 00 100010 sh imm12 Rn Rd 0"), "pattern is longer than 32 bits");
    CHECK_THROWS_WITH(parse_pattern("1 00 100010 sh imm12 Rn Rq"), "pattern names a field that fields.def does not have");
    CHECK_THROWS_WITH(parse_pattern("1 00 100010 sh imm12 Rn Rn"), "pattern names a field twice");
    CHECK_THROWS_WITH(parse_pattern("(1 00 100010 sh imm12 Rn Rd"), "should-be bits need ')'");
    CHECK_THROWS_WITH(parse_pattern("(x) 00 100010 sh imm12 Rn Rd"), "should-be bits are 0 or 1");
    CHECK_THROWS_WITH(parse_pattern(""), "pattern is shorter than 32 bits");
}

TEST_CASE("overlap and containment of patterns") {
    constexpr emu::Pattern hint = parse_pattern("1101010100 0 00 011 0010 CRm op2 11111");
    constexpr emu::Pattern nop = parse_pattern("1101010100 0 00 011 0010 0000 000 11111");
    constexpr emu::Pattern add = parse_pattern(kAddImmediate);
    CHECK(overlap(hint, nop));
    CHECK(lies_inside(nop, hint));
    CHECK_FALSE(lies_inside(hint, nop));
    CHECK_FALSE(lies_inside(hint, hint));
    CHECK_FALSE(overlap(add, hint));
}
