// Arithmetic of vector elements that does not saturate.
#include "tests/simd/simd_machine.h"
#include "tests/support/catch.h"

using namespace simd_test;

namespace {

using V8 = std::vector<u8>;
using V16 = std::vector<u16>;
using V32 = std::vector<u32>;
using V64 = std::vector<u64>;

const VectorRegister kOnes = all<u64>(~u64{0});

}  // namespace

TEST_CASE("sums are modulo the element size, and lanes do not carry into each other") {
    CHECK(result<u32>(I::add_4s, {reg<u32>({~0u, 1, 0x8000'0000, 5}), reg<u32>({1, 2, 0x8000'0000, 6})}) == V32{0, 3, 0, 11});
    CHECK(result<u16>(I::sub_8h, {all<u16>(0), all<u16>(1)}) == V16(8, 0xffff));
}

TEST_CASE("a result of 64 bits clears the high half, whatever the operands hold there") {
    CHECK(run(I::add_8b, {kOnes, all<u8>(2), kOnes}).v0.d[1] == 0);
    CHECK(run(I::add_8b, {kOnes, all<u8>(2), kOnes}).v0.d[0] == 0x0101'0101'0101'0101);
    CHECK(run(I::and_8b, {kOnes, kOnes, kOnes}).v0.d[1] == 0);
    CHECK(run(I::addp_4h, {kOnes, kOnes, kOnes}).v0.d[1] == 0);
    CHECK(run(I::zip2_4h, {kOnes, kOnes, kOnes}).v0.d[1] == 0);
    CHECK(run(I::ext_8b_5, {kOnes, kOnes, kOnes}).v0.d[1] == 0);
    CHECK(run(I::tbl_8b, {kOnes, all<u8>(0), kOnes}).v0.d[1] == 0);
    CHECK(run(I::xtn_8b, {kOnes, {}, kOnes}).v0.d[1] == 0);
    CHECK(run(I::sdot_2s, {kOnes, kOnes, kOnes}).v0.d[1] == 0);
}

TEST_CASE("a scalar result clears all of the register but its element") {
    CHECK(result<u64>(I::add_d, {reg<u64>({~u64{0}, 7}), reg<u64>({2, 8}), kOnes}) == V64{1, 0});
    CHECK(result<u64>(I::addp_d, {reg<u64>({40, 2}), {}, kOnes}) == V64{42, 0});
    CHECK(result<u8>(I::addv_16b, {all<u8>(1), {}, kOnes})[1] == 0);
    CHECK(result<u64>(I::dup_scalar_h, {reg<u16>({0, 0, 0, 0, 0, 0, 0, 0x1234}), {}, kOnes}) == V64{0x1234, 0});
}

TEST_CASE("halving operations do not lose the carry") {
    CHECK(result<u8>(I::uhadd_16b, {all<u8>(255), all<u8>(254)}) == V8(16, 254));
    CHECK(result<i8>(I::shadd_16b, {all<i8>(-128), all<i8>(-127)}) == std::vector<i8>(16, -128));
    CHECK(result<i32>(I::srhadd_4s, {all<i32>(0x7fff'ffff), all<i32>(0x7fff'fffe)}) == std::vector<i32>(4, 0x7fff'ffff));
    CHECK(result<u32>(I::uhsub_4s, {all<u32>(0), all<u32>(1)}) == V32(4, ~0u));
}

TEST_CASE("absolute differences are right where the difference does not fit the signed element") {
    CHECK(result<u16>(I::sabd_8h, {all<i16>(-32768), all<i16>(32767)}) == V16(8, 0xffff));
    CHECK(result<u16>(I::uaba_8h, {all<u16>(1), all<u16>(3), all<u16>(0xffff)}) == V16(8, 1));
}

TEST_CASE("comparisons give all ones or zero, by the signedness of their name") {
    const Operands minus_one_and_one{all<u8>(0xff), all<u8>(1)};
    CHECK(result<u8>(I::cmgt_16b, minus_one_and_one) == V8(16, 0));
    CHECK(result<u8>(I::cmhi_16b, minus_one_and_one) == V8(16, 0xff));
    CHECK(result<u32>(I::cmtst_4s, {reg<u32>({1, 2, 0x8000'0000, 0}), reg<u32>({1, 1, 0xc000'0000, ~0u})}) == V32{~0u, 0, ~0u, 0});
    CHECK(result<u32>(I::cmle_zero_4s, {reg<i32>({-1, 0, 1, -2'000'000'000})}) == V32{~0u, ~0u, 0, ~0u});
}

TEST_CASE("bitwise selections differ in which operand is the mask") {
    const Operands bits{all<u8>(0b1100), all<u8>(0b1010), all<u8>(0b1111'0000)};
    CHECK(result<u8>(I::bsl_16b, bits) == V8(16, 0b0000'1010));
    CHECK(result<u8>(I::bit_16b, bits) == V8(16, 0b1111'1000));
    CHECK(result<u8>(I::bif_16b, bits) == V8(16, 0b0000'0100));
    CHECK(result<u8>(I::orn_16b, bits) == V8(16, 0b1111'1101));
}

TEST_CASE("multiply-accumulate reads the destination") {
    const Operands operands{all<u16>(0x300), all<u16>(0x100), all<u16>(5)};
    CHECK(result<u16>(I::mla_8h, operands) == V16(8, 5));
    CHECK(result<u16>(I::mls_8h, {all<u16>(3), all<u16>(2), all<u16>(5)}) == V16(8, 0xffff));
}

TEST_CASE("polynomial products have no carries") {
    CHECK(result<u8>(I::pmul_8b, {all<u8>(0xff), all<u8>(3)})[0] == 0x01);
    CHECK(result<u16>(I::pmull_8h, {all<u8>(0xff), all<u8>(0xff)}) == V16(8, 0x5555));
    CHECK(result<u16>(I::pmull2_8h, {reg<u64>({0, 0x0101'0101'0101'0101}), all<u8>(7)}) == V16(8, 7));
}

TEST_CASE("pairwise operations take the pairs of the first operand, then those of the second") {
    const Operands operands{reg<u16>({1, 2, 3, 4, 5, 6, 7, 8}), reg<u16>({10, 20, 30, 40, 50, 60, 70, 80})};
    CHECK(result<u16>(I::addp_8h, operands) == V16{3, 7, 11, 15, 30, 70, 110, 150});
    CHECK(result<u16>(I::addp_4h, operands) == V16{3, 7, 30, 70, 0, 0, 0, 0});
    CHECK(result<u16>(I::umaxp_4h, operands) == V16{2, 4, 20, 40, 0, 0, 0, 0});
    CHECK(result<i32>(I::sminp_4s, {reg<i32>({-1, 1, 2, -2}), reg<i32>({3, 4, 0, -9})}) == std::vector<i32>{-1, -2, 3, -9});
}

TEST_CASE("widening operations extend by their signedness, and read the high half where the name ends in 2") {
    CHECK(result<u16>(I::saddl_8h, {all<u8>(0xff), all<u8>(1)}) == V16(8, 0));
    CHECK(result<u16>(I::uaddw2_8h, {all<u16>(0x1000), reg<u64>({0, 0xffff'ffff'ffff'ffff})}) == V16(8, 0x10ff));
    CHECK(result<u32>(I::umull2_4s, {reg<u16>({0, 0, 0, 0, 0xffff, 1, 2, 3}), all<u16>(0xffff)}) ==
          V32{0xfffe'0001, 0xffff, 0x1fffe, 0x2fffd});
    CHECK(result<u64>(I::smlsl_2d, {all<i32>(-2), all<i32>(3), all<u64>(1)}) == V64{7, 7});
    CHECK(result<u32>(I::sabal_4s, {all<i16>(-32768), all<i16>(32767), all<u32>(1)}) == V32(4, 0x10000));
}

TEST_CASE("narrowing to the high half of a sum rounds where the name begins with R, and the form in 2 keeps the low half") {
    CHECK(result<u16>(I::addhn_4h, {all<u32>(0x0001'7fff), all<u32>(0x0000'8000)}) == V16{1, 1, 1, 1, 0, 0, 0, 0});
    CHECK(result<u16>(I::raddhn2_8h, {all<u32>(0x0001'7fff), all<u32>(1), all<u16>(9)}) == V16{9, 9, 9, 9, 2, 2, 2, 2});
    CHECK(result<u8>(I::xtn2_16b, {all<u16>(0x1234), {}, all<u8>(9)}) == V8{9, 9, 9, 9, 9, 9, 9, 9, 0x34, 0x34, 0x34, 0x34, 0x34, 0x34, 0x34, 0x34});
}

TEST_CASE("sums of neighbours are twice as wide") {
    CHECK(result<i16>(I::saddlp_8h, {all<i8>(-128)}) == std::vector<i16>(8, -256));
    CHECK(result<u64>(I::uadalp_2d, {all<u32>(~0u), {}, all<u64>(1)}) == V64(2, 0x1'ffff'ffff));
}

TEST_CASE("across the lanes a sum wraps, a long sum does not, and inactive lanes do not take part") {
    CHECK(result<u8>(I::addv_16b, {all<u8>(17)})[0] == 16);
    CHECK(result<u32>(I::uaddlv_8h, {all<u16>(0xffff)}) == V32{0x7fff8, 0, 0, 0});
    CHECK(result<i8>(I::smaxv_8b, {reg<i8>({-5, -3, -9, -4, -5, -6, -7, -8, 100})})[0] == -3);
    CHECK(result<u32>(I::uminv_4s, {reg<u32>({0x8000'0000, 7, 9, 8})}) == V32{7, 0, 0, 0});
}

TEST_CASE("bit counts are of each element") {
    CHECK(result<u16>(I::clz_8h, {reg<u16>({0, 1, 0x8000, 0x00ff, 2, 3, 4, 5})}) == V16{16, 15, 0, 8, 14, 14, 13, 13});
    CHECK(result<u16>(I::cls_8h, {reg<u16>({0, 0xffff, 0x8000, 0xff00, 0x4000, 1, 0xfffe, 0x3fff})}) == V16{15, 15, 0, 7, 0, 14, 14, 1});
    CHECK(result<u8>(I::cnt_16b, {reg<u8>({0, 0xff, 0x80, 0x55, 1, 3, 7, 15})}) == V8{0, 8, 1, 4, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0});
    CHECK(result<u8>(I::rbit_16b, {all<u8>(0b1101'0000)}) == V8(16, 0b0000'1011));
    CHECK(result<i32>(I::abs_4s, {reg<i32>({-5, 5, 0, -2147483647 - 1})}) == std::vector<i32>{5, 5, 0, -2147483647 - 1});
}

TEST_CASE("by element, a halfword's index has three bits and its register four, a word's index two bits") {
    CHECK(result<u16>(I::mul_8h_elem, {reg<u16>({1, 2, 3, 4, 5, 6, 7, 8}), reg<u16>({0, 0, 0, 0, 0, 0, 0, 3})}) ==
          V16{3, 6, 9, 12, 15, 18, 21, 24});
    SimdMachine machine;
    machine.v(0) = all<u32>(1);
    machine.v(1) = all<u32>(10);
    machine.v(18) = reg<u32>({0, 0, 0, 7});
    REQUIRE(machine.execute(I::mla_4s_elem));
    CHECK(elements<u32>(machine.v(0)) == V32(4, 71));
    CHECK(result<i64>(I::smull2_2d_elem, {reg<i32>({0, 0, -3, 4}), reg<i32>({9, -2, 9, 9})}) == std::vector<i64>{6, -8});
}

TEST_CASE("estimates of reciprocals have nine bits, and saturate where the operand is too small") {
    CHECK(result<u32>(I::urecpe_4s, {reg<u32>({0x8000'0000, 0x7fff'ffff, 0xffff'ffff, 0xc000'0000})}) ==
          V32{0xff80'0000, 0xffff'ffff, 0x8000'0000, 0xaa80'0000});
    CHECK(result<u32>(I::ursqrte_4s, {reg<u32>({0x4000'0000, 0x3fff'ffff, 0xffff'ffff, 0x8000'0000})}) ==
          V32{0xff80'0000, 0xffff'ffff, 0x8000'0000, 0xb480'0000});
}

TEST_CASE("dot products add four products of bytes to each word") {
    CHECK(result<i32>(I::sdot_2s, {all<i8>(-128), all<i8>(-128), all<i32>(-1)}) == std::vector<i32>{65535, 65535, 0, 0});
    CHECK(result<u32>(I::udot_elem, {all<u8>(255), reg<u32>({0, 0, 0, 0x0102'0304})}) == V32(4, 2550));
    CHECK(result<i32>(I::usdot_4s, {all<u8>(255), all<i8>(-128)}) == std::vector<i32>(4, -130560));
    CHECK(result<i32>(I::sudot_elem, {all<i8>(-1), reg<u8>({255, 255, 255, 255})}) == std::vector<i32>(4, -1020));
}

TEST_CASE("matrix products are of two rows by two rows") {
    const VectorRegister rows = reg<u8>({1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2});
    const VectorRegister columns = reg<i8>({1, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1});
    CHECK(result<i32>(I::smmla, {rows, columns, reg<i32>({100, 0, 0, 0})}) == std::vector<i32>{101, -8, 2, -16});
    CHECK(result<i32>(I::usmmla, {all<u8>(255), columns}) == std::vector<i32>{255, -2040, 255, -2040});
}

TEST_CASE("reserved arrangements are UNDEFINED") {
    SimdMachine machine;
    const auto is_undefined = [&](u32 word) { return !machine.execute(word) && core_test::taken(machine.m).esr >> 26 == 0; };
    CHECK(is_undefined(0x0ee2'8420));  // add v0.1d, v1.1d, v2.1d
    CHECK(is_undefined(0x4ee2'6420));  // smax v0.2d, v1.2d, v2.2d
    CHECK(is_undefined(0x0eb1'b820));  // addv s0, v1.2s
    CHECK(is_undefined(0x0c40'8c20));  // ld2 {v0.1d, v1.1d}, [x1]
    CHECK(is_undefined(0x2e02'4020));  // ext v0.8b, v1.8b, v2.8b, #8
    CHECK(is_undefined(0x4e00'0420));  // dup v0, imm5 = 0
}

TEST_CASE("extensions are UNDEFINED on a core that does not announce them") {
    core_test::MachineConfig plain;
    plain.core.id_aa64isar0 = plain.core.id_aa64isar1 = 0;
    SimdMachine machine{plain};
    for (const I instruction : {I::sdot_2s, I::sqrdmlah_8h, I::smmla, I::usdot_4s}) {
        CHECK_FALSE(machine.execute(instruction));
        CHECK(core_test::taken(machine.m).esr >> 26 == 0);
    }
    CHECK(machine.execute(I::add_4s));
}

TEST_CASE("with CPACR_EL1.FPEN off every family traps and changes nothing") {
    SimdMachine machine;
    machine.m.set_sysreg(emu::SysReg::CPACR_EL1, 0);
    machine.v(0) = all<u8>(0x5a);
    machine.x(1) = kPages;
    for (const I instruction : {I::add_4s, I::and_8b, I::movi_8b, I::umov_x_d, I::ldr_q, I::ld4_8h, I::ld1_lane_b, I::st1_x1_8b}) {
        CHECK_FALSE(machine.execute(instruction));
        CHECK(core_test::taken(machine.m).esr >> 26 == 0x07);
        CHECK(elements<u8>(machine.v(0)) == V8(16, 0x5a));
    }
}
