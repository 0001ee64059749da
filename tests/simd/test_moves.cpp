// Moves, permutations and modified immediates.
#include "tests/simd/simd_machine.h"
#include "tests/support/catch.h"

using namespace simd_test;

namespace {

using V8 = std::vector<u8>;
using V16 = std::vector<u16>;
using V32 = std::vector<u32>;
using V64 = std::vector<u64>;

const VectorRegister kBytes = reg<u8>({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0x8f});
const Operands kHalfwords{reg<u16>({0, 1, 2, 3, 4, 5, 6, 7}), reg<u16>({10, 11, 12, 13, 14, 15, 16, 17}), all<u16>(99)};

u64 moved_to_x0(I instruction) {
    SimdMachine machine;
    machine.v(1) = kBytes;
    machine.x(0) = ~u64{0};
    REQUIRE(machine.execute(instruction));
    return machine.x(0);
}

VectorRegister from_x1(I instruction, u64 x1) {
    SimdMachine machine;
    machine.v(0) = all<u8>(9);
    machine.x(1) = x1;
    REQUIRE(machine.execute(instruction));
    return machine.v(0);
}

}  // namespace

TEST_CASE("permutations of halfwords") {
    CHECK(result<u16>(I::zip1_8h, kHalfwords) == V16{0, 10, 1, 11, 2, 12, 3, 13});
    CHECK(result<u16>(I::zip2_4h, kHalfwords) == V16{2, 12, 3, 13, 0, 0, 0, 0});
    CHECK(result<u16>(I::uzp2_8h, kHalfwords) == V16{1, 3, 5, 7, 11, 13, 15, 17});
    CHECK(result<u16>(I::uzp1_4h, kHalfwords) == V16{0, 2, 10, 12, 0, 0, 0, 0});
    CHECK(result<u16>(I::trn1_8h, kHalfwords) == V16{0, 10, 2, 12, 4, 14, 6, 16});
    CHECK(result<u16>(I::trn2_4h, kHalfwords) == V16{1, 11, 3, 13, 0, 0, 0, 0});
}

TEST_CASE("extraction takes neighbouring bytes of the second operand's low end above the first's high end") {
    const Operands operands{kBytes, all<u8>(0xee)};
    CHECK(result<u8>(I::ext_16b_0, operands) == elements<u8>(kBytes));
    CHECK(result<u8>(I::ext_16b_5, operands) == V8{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0x8f, 0xee, 0xee, 0xee, 0xee, 0xee});
    CHECK(result<u8>(I::ext_8b_5, operands) == V8{5, 6, 7, 0xee, 0xee, 0xee, 0xee, 0xee, 0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("a table goes on from V31 to V0, and an index behind its end gives zero or leaves the byte") {
    SimdMachine machine;
    machine.v(31) = kBytes;
    machine.v(0) = all<u8>(0x77);
    machine.v(2) = reg<u8>({0, 15, 16, 31, 32, 255, 3});
    REQUIRE(machine.execute(I::tbl_wrap));
    CHECK(elements<u8>(machine.v(0)) == V8{0, 0x8f, 0x77, 0x77, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    CHECK(result<u8>(I::tbx_16b, {kBytes, reg<u8>({1, 16, 2, 255}), all<u8>(0x66)}) ==
          V8{1, 0x66, 2, 0x66, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("reversals keep to their groups") {
    CHECK(result<u8>(I::rev64_16b, {kBytes}) == V8{7, 6, 5, 4, 3, 2, 1, 0, 0x8f, 14, 13, 12, 11, 10, 9, 8});
    CHECK(result<u32>(I::rev64_4s, {reg<u32>({1, 2, 3, 4})}) == V32{2, 1, 4, 3});
    CHECK(result<u16>(I::rev32_8h, kHalfwords) == V16{1, 0, 3, 2, 5, 4, 7, 6});
    CHECK(result<u8>(I::rev16_16b, {kBytes}) == V8{1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 0x8f, 14});
}

TEST_CASE("elements move to X registers with zeroes or with their sign, and a W register clears the rest") {
    CHECK(moved_to_x0(I::umov_w_b) == 0x8f);
    CHECK(moved_to_x0(I::umov_x_d) == 0x8f0e'0d0c'0b0a'0908);
    CHECK(moved_to_x0(I::smov_w_b) == 0xffff'ff8f);
    CHECK(moved_to_x0(I::smov_x_s) == 0xffff'ffff'8f0e'0d0c);
}

TEST_CASE("an X register moves into one lane or into all, cut to the element") {
    CHECK(elements<u16>(from_x1(I::dup_gen_8h, 0xabcd'1234)) == V16(8, 0x1234));
    CHECK(elements<u64>(from_x1(I::dup_gen_2s, 0x1'0000'0002)) == V64{0x0000'0002'0000'0002, 0});
    V8 expected(16, 9);
    expected[15] = 0x34;
    CHECK(elements<u8>(from_x1(I::ins_gen_b, 0x1234)) == expected);
}

TEST_CASE("a lane moves into another lane or into all") {
    CHECK(result<u8>(I::dup_elem_16b, {kBytes}) == V8(16, 0x8f));
    CHECK(result<u32>(I::ins_elem_s, {reg<u32>({1, 2, 3, 4}), {}, all<u32>(7)}) == V32{7, 7, 4, 7});
}

TEST_CASE("modified immediates expand by their form") {
    CHECK(result<u32>(I::movi_4s_lsl, {}) == V32(4, 0x00ab'0000));
    CHECK(result<u32>(I::movi_4s_msl, {}) == V32(4, 0x00ab'ffff));
    CHECK(result<u16>(I::movi_8h, {}) == V16(8, 0xab00));
    CHECK(result<u64>(I::movi_8b, {{}, {}, all<u8>(1)}) == V64{0xabab'abab'abab'abab, 0});
    CHECK(result<u64>(I::movi_2d, {}) == V64(2, 0xff00'00ff'ff00'ff00));
    CHECK(result<u32>(I::mvni_4s, {}) == V32(4, 0x54ff'ffff));
    CHECK(result<u16>(I::orr_8h, {{}, {}, all<u16>(0x0101)}) == V16(8, 0xab01));
    CHECK(result<u32>(I::bic_4s, {{}, {}, all<u32>(0xffff'ffff)}) == V32(4, 0xffff'54ff));
}
