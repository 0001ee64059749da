#include "tests/isa/execute.h"
#include "tests/support/catch.h"

namespace {

using namespace isa_test;
using arch::u32;
using arch::u64;

// Where `word` goes with X1 = x1, X5 = 0x5000 and X30 = 0x3000.
u64 target_of(u32 word, u64 x1) {
    emu::Pe pe;
    pe.x[1] = x1;
    pe.x[5] = 0x5000;
    pe.x[30] = 0x3000;
    execute(pe, word);
    CHECK(pe.record.taken == (pe.pc != kPc + 4));
    return pe.pc;
}

}  // namespace

TEST_CASE("direct branches reach both ways") {
    CHECK(target_of(0x17ff'ffff, 0) == kPc - 4);           // b .-4
    CHECK(target_of(0x1600'0000, 0) == kPc - 0x800'0000);  // b .-128M
    CHECK(target_of(0x15ff'ffff, 0) == kPc + 0x7ff'fffc);  // b .+128M-4
}

TEST_CASE("compare-and-branch tests its register in its width") {
    CHECK(target_of(0x3400'0041, 0xffff'ffff'0000'0000) == kPc + 8);  // cbz w1, .+8
    CHECK(target_of(0x3400'0041, 1) == kPc + 4);
    CHECK(target_of(0xb5ff'ffc1, 0xffff'ffff'0000'0000) == kPc - 8);  // cbnz x1, .-8
    CHECK(target_of(0x35ff'ffc1, 0xffff'ffff'0000'0000) == kPc + 4);  // cbnz w1, .-8
    CHECK(target_of(0xb4ff'ffdf, 1) == kPc - 8);                      // cbz xzr, .-8
}

TEST_CASE("test-and-branch reaches bits of both halves") {
    CHECK(target_of(0xb7f8'0041, u64{1} << 63) == kPc + 8);    // tbnz x1, #63, .+8
    CHECK(target_of(0xb6f8'0041, u64{1} << 63) == kPc + 4);    // tbz x1, #63, .+8
    CHECK(target_of(0x372c'0001, 0x20) == kPc - 0x8000);       // tbnz w1, #5, .-32768
    CHECK(target_of(0x372c'0001, ~u64{0x20}) == kPc + 4);
}

TEST_CASE("indirect branches go where their register says") {
    CHECK(target_of(0xd61f'0020, 0x1234'5678) == 0x1234'5678);  // br x1
    CHECK(target_of(0xd65f'03c0, 0) == 0x3000);                 // ret
    CHECK(target_of(0xd65f'00a0, 0) == 0x5000);                 // ret x5
}

TEST_CASE("calls leave the return address in X30, after reading their target") {
    emu::Pe pe;
    execute(pe, 0x9400'0002);  // bl .+8
    CHECK(pe.x[30] == kPc + 4);
    CHECK(pe.pc == kPc + 8);
    pe.x[30] = 0x7000;
    execute(pe, 0xd63f'03c0);  // blr x30
    CHECK(pe.x[30] == kPc + 4);
    CHECK(pe.pc == 0x7000);
}
