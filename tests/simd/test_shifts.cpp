// Shifts of vector elements, by immediates and by elements.
#include "tests/simd/simd_machine.h"
#include "tests/support/catch.h"

using namespace simd_test;

namespace {

using V32 = std::vector<u32>;
using S32 = std::vector<i32>;

}  // namespace

TEST_CASE("a shift right by the element size leaves the sign, or nothing") {
    CHECK(result<u8>(I::sshr_16b_8, {reg<u8>({0x80, 0x7f})})[0] == 0xff);
    CHECK(result<u8>(I::sshr_16b_8, {reg<u8>({0x80, 0x7f})})[1] == 0);
    CHECK(run(I::ushr_d_64, {all<u64>(~u64{0})}).v0.d[0] == 0);
}

TEST_CASE("rounding adds half of the last place, even where only the rounding bit remains") {
    CHECK(result<i32>(I::srshr_4s_1, {reg<i32>({3, -3, 0x7fff'ffff, -1})}) == S32{2, -1, 0x4000'0000, 0});
    CHECK(result<u64>(I::ursra_2d_64, {reg<u64>({u64{1} << 63, 1}), {}, all<u64>(5)}) == std::vector<u64>{6, 5});
    CHECK(result<i16>(I::sqrshrn_4h_16, {reg<i32>({0x7fff'8000, 0x7fff'7fff, -0x8000, -0x8001})}) ==
          std::vector<i16>{0x7fff, 0x7fff, 0, -1, 0, 0, 0, 0});
}

TEST_CASE("inserting shifts keep the destination's bits where none are shifted in") {
    CHECK(result<u8>(I::sri_16b_8, {all<u8>(0xff), {}, all<u8>(0x5a)}) == std::vector<u8>(16, 0x5a));
    CHECK(result<u32>(I::sri_4s_4, {all<u32>(0x1234'5678), {}, all<u32>(0xffff'ffff)}) == V32(4, 0xf123'4567));
    CHECK(result<u32>(I::sli_4s_8, {all<u32>(0x1234'5678), {}, all<u32>(0xabcd'efab)}) == V32(4, 0x3456'78ab));
    CHECK(result<u64>(I::shl_2d_63, {all<u64>(3)}) == std::vector<u64>(2, u64{1} << 63));
}

TEST_CASE("saturating shifts left compare with what would be shifted back") {
    const Outcome out = run(I::sqshl_8h_1, {reg<i16>({0x3fff, 0x4000, -0x4000, -0x4001, 0, 0, 0, 0})});
    CHECK(elements<i16>(out.v0) == std::vector<i16>{0x7ffe, 0x7fff, -0x8000, -0x8000, 0, 0, 0, 0});
    CHECK(out.qc);
    const Outcome to_unsigned = run(I::sqshlu_8h_4, {reg<i16>({0x0fff, 0x1000, -1, 0, 0, 0, 0, 0})});
    CHECK(elements<u16>(to_unsigned.v0) == std::vector<u16>{0xfff0, 0xffff, 0, 0, 0, 0, 0, 0});
    CHECK(to_unsigned.qc);
    CHECK_FALSE(run(I::sqshlu_8h_4, {all<i16>(0x0fff)}).qc);
}

TEST_CASE("a shift by element is by its low byte, signed: left, or right where negative") {
    const VectorRegister amounts = reg<u32>({0x100, 4, 0xffff'ff80 + 128 - 4, 33});  // 0, 4, -4 and 33
    CHECK(result<u32>(I::ushl_4s, {all<u32>(0x8000'0081), amounts}) == V32{0x8000'0081, 0x0000'0810, 0x0800'0008, 0});
    CHECK(result<u32>(I::sshl_4s, {all<u32>(0x8000'0081), amounts}) == V32{0x8000'0081, 0x0000'0810, 0xf800'0008, 0});
    const VectorRegister far_right = reg<i32>({-31, -32, -33, -128});
    CHECK(result<i32>(I::sshl_4s, {all<i32>(-5), far_right}) == S32{-1, -1, -1, -1});
    CHECK(result<i32>(I::srshl_4s, {all<i32>(-5), far_right}) == S32{0, 0, 0, 0});
    CHECK(result<u8>(I::urshl_16b, {all<u8>(0x80), all<i8>(-8)}) == std::vector<u8>(16, 1));
    CHECK(result<u8>(I::urshl_16b, {all<u8>(0xff), all<i8>(-9)}) == std::vector<u8>(16, 0));
}

TEST_CASE("saturating shifts by element saturate to the left only, and zero never does") {
    const Outcome out = run(I::sqshl_4s, {reg<i32>({1, -1, 0, 5}), reg<i32>({31, 127, 127, -1})});
    CHECK(elements<i32>(out.v0) == S32{0x7fff'ffff, -0x7fff'ffff - 1, 0, 2});
    CHECK(out.qc);
    CHECK_FALSE(run(I::sqshl_4s, {all<i32>(-1), all<i32>(31)}).qc);
    const Outcome rounded = run(I::uqrshl_4s, {reg<u32>({1, 1, 3, 0}), reg<i32>({32, 31, -1, 100})});
    CHECK(elements<u32>(rounded.v0) == V32{0xffff'ffff, 0x8000'0000, 2, 0});
    CHECK(rounded.qc);
}

TEST_CASE("narrowing shifts take the low bits, or saturate; in 2 they keep the low half") {
    CHECK(result<u8>(I::shrn_8b_4, {all<u16>(0x1234)})[7] == 0x23);
    CHECK(result<u8>(I::shrn_8b_4, {all<u16>(0x1234), {}, all<u8>(9)})[8] == 0);
    const Outcome out = run(I::sqshrun2_8h_1, {reg<i32>({-1, 0x1'fffe, 0x2'0000, 2}), {}, all<u16>(9)});
    CHECK(elements<u16>(out.v0) == std::vector<u16>{9, 9, 9, 9, 0, 0xffff, 0xffff, 1});
    CHECK(out.qc);
}

TEST_CASE("widening shifts extend first") {
    CHECK(result<i16>(I::sshll2_8h_3, {reg<u64>({0, 0x8080'8080'8080'8080})}) == std::vector<i16>(8, -1024));
    CHECK(result<u16>(I::shll_8h, {all<u8>(0x81)}) == std::vector<u16>(8, 0x8100));
}
