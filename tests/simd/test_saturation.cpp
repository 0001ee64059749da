// Saturating arithmetic, and FPSR.QC.
#include "tests/simd/simd_machine.h"
#include "tests/support/catch.h"

using namespace simd_test;

namespace {

constexpr i16 kMin = -32768;
constexpr i16 kMax = 32767;
using S16 = std::vector<i16>;

}  // namespace

TEST_CASE("each lane saturates by itself, to the end on its side, and QC tells that one did") {
    const Outcome out = run(I::sqadd_8h, {reg<i16>({kMax, kMin, 1, -1, 0, 0, 0, 0}), reg<i16>({1, -1, 1, -1, 0, 0, 0, 0})});
    CHECK(elements<i16>(out.v0) == S16{kMax, kMin, 2, -2, 0, 0, 0, 0});
    CHECK(out.qc);
    CHECK_FALSE(run(I::sqadd_8h, {all<i16>(kMax), all<i16>(0)}).qc);
    CHECK(result<u8>(I::uqadd_16b, {all<u8>(200), all<u8>(56)}) == std::vector<u8>(16, 255));
    CHECK(result<u32>(I::uqsub_4s, {all<u32>(1), all<u32>(2)}) == std::vector<u32>(4, 0));
}

TEST_CASE("doublewords saturate without a wider host type") {
    constexpr i64 kLeast = std::numeric_limits<i64>::min();
    const Outcome out = run(I::sqsub_2d, {reg<i64>({kLeast, 0}), reg<i64>({1, kLeast})});
    CHECK(elements<i64>(out.v0) == std::vector<i64>{kLeast, std::numeric_limits<i64>::max()});
    CHECK(out.qc);
    const Outcome negated = run(I::sqneg_d, {reg<i64>({kLeast, 5})});
    CHECK(elements<i64>(negated.v0) == std::vector<i64>{std::numeric_limits<i64>::max(), 0});
    CHECK(negated.qc);
}

TEST_CASE("lanes that do not take part cannot set QC") {
    const Operands operands{reg<i16>({1, 1, 1, 1, kMax, kMax, kMax, kMax}), all<i16>(1)};
    CHECK_FALSE(run(I::sqadd_4h, operands).qc);
    CHECK(run(I::sqadd_8h, operands).qc);
    CHECK_FALSE(run(I::sqadd_b, {reg<i8>({1, 127}), reg<i8>({1, 127})}).qc);
    CHECK(run(I::sqadd_b, {reg<i8>({127, 0}), reg<i8>({1, 0})}).qc);
}

TEST_CASE("QC stays set until it is written") {
    SimdMachine machine;
    machine.v(1) = machine.v(2) = all<i16>(kMax);
    REQUIRE(machine.execute(I::sqadd_8h));
    machine.v(1) = machine.v(2) = all<i16>(0);
    REQUIRE(machine.execute(I::sqadd_8h));
    CHECK(machine.qc());
}

TEST_CASE("the doubled product of two minima is the only one that saturates") {
    CHECK(result<i16>(I::sqdmulh_8h, {all<i16>(kMin), all<i16>(kMin)}) == S16(8, kMax));
    CHECK(run(I::sqdmulh_8h, {all<i16>(kMin), all<i16>(kMin)}).qc);
    CHECK_FALSE(run(I::sqdmulh_8h, {all<i16>(kMin), all<i16>(kMax)}).qc);
    CHECK(result<i16>(I::sqdmulh_8h, {all<i16>(0x4000), all<i16>(1)}) == S16(8, 0));
    CHECK(result<i16>(I::sqrdmulh_8h, {all<i16>(0x4000), all<i16>(1)}) == S16(8, 1));
    CHECK(result<i16>(I::sqdmulh_h_elem, {all<i16>(0x4000), reg<i16>({0, 0, 0, 0, 0x2000, 0, 0, 0})}) == S16{0x1000, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("a saturated product is what gets added") {
    constexpr i32 kMax32 = std::numeric_limits<i32>::max();
    const Outcome out = run(I::sqdmlal_4s, {all<i16>(kMin), all<i16>(kMin), all<i32>(-1)});
    CHECK(elements<i32>(out.v0) == std::vector<i32>(4, kMax32 - 1));
    CHECK(out.qc);
    CHECK(result<i32>(I::sqdmull_s, {reg<i16>({kMin, 7}), reg<i16>({kMin, 7})}) == std::vector<i32>{kMax32, 0, 0, 0});
}

TEST_CASE("rounding doubling multiply-accumulate saturates once, at its end") {
    const Outcome out = run(I::sqrdmlah_8h, {all<i16>(kMin), all<i16>(kMin), all<i16>(-1)});
    CHECK(elements<i16>(out.v0) == S16(8, kMax));
    CHECK_FALSE(out.qc);
    CHECK(run(I::sqrdmlah_8h, {all<i16>(kMin), all<i16>(kMin), all<i16>(0)}).qc);
    constexpr i32 kMin32 = std::numeric_limits<i32>::min();
    CHECK(result<i32>(I::sqrdmlsh_s, {reg<i32>({kMin32, 1}), reg<i32>({kMin32, 1}), all<i32>(0)}) == std::vector<i32>{kMin32, 0, 0, 0});
}

TEST_CASE("narrowing saturates to the signedness of the result") {
    CHECK(result<i8>(I::sqxtn_8b, {reg<i16>({127, 128, -128, -129, 0, 0, 0, 0})}) ==
          std::vector<i8>{127, 127, -128, -128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    CHECK(result<u8>(I::sqxtun_b, {reg<i16>({-1, 300})}) == std::vector<u8>(16, 0));
    CHECK(run(I::sqxtun_b, {reg<i16>({-1, 300})}).qc);
    CHECK_FALSE(run(I::sqxtun_b, {reg<i16>({255, 300})}).qc);
    CHECK(result<u16>(I::uqxtn2_8h, {all<u32>(0x10000), {}, all<u16>(3)}) == std::vector<u16>{3, 3, 3, 3, 0xffff, 0xffff, 0xffff, 0xffff});
}

TEST_CASE("absolute value and negation of the minimum saturate in their saturating forms only") {
    constexpr i32 kMin32 = std::numeric_limits<i32>::min();
    const Outcome out = run(I::sqabs_4s, {all<i32>(kMin32)});
    CHECK(elements<i32>(out.v0) == std::vector<i32>(4, std::numeric_limits<i32>::max()));
    CHECK(out.qc);
    CHECK_FALSE(run(I::abs_4s, {all<i32>(kMin32)}).qc);
}

TEST_CASE("accumulation of the other signedness saturates to that of the destination") {
    CHECK(result<i8>(I::suqadd_16b, {all<u8>(255), {}, all<i8>(-128)}) == std::vector<i8>(16, 127));
    CHECK_FALSE(run(I::suqadd_16b, {all<u8>(255), {}, all<i8>(-128)}).qc);
    CHECK(run(I::suqadd_16b, {all<u8>(255), {}, all<i8>(-127)}).qc);
    const Outcome out = run(I::usqadd_2d, {reg<i64>({-2, 1}), {}, reg<u64>({1, ~u64{0}})});
    CHECK(elements<u64>(out.v0) == std::vector<u64>{0, ~u64{0}});
    CHECK(out.qc);
}
