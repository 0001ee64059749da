// Single cases that the manual decides, each with its flags.
#include "emu/fp/arithmetic.h"
#include "emu/fp/bfloat.h"
#include "emu/fp/compare.h"
#include "emu/fp/convert.h"
#include "emu/fp/estimate.h"
#include "emu/fp/integral.h"
#include "tests/support/catch.h"

using namespace emu::fp;

namespace {

constexpr u32 kOne = Single::kOne;
constexpr u32 kTwo = Single::kTwo;
constexpr u32 kInf = Single::kInfinity;
constexpr u32 kNaN = Single::kDefaultNaN;
constexpr u32 kQuiet = 0x7fc1'2345;
constexpr u32 kSignalling = 0x7f81'2345;
constexpr u32 kSmallestNormal = 0x0080'0000;
constexpr u32 kMinus = 0x8000'0000;

}  // namespace

TEST_CASE("the first signalling NaN comes out, quiet; else the first quiet one") {
    Environment env{0, 0};
    CHECK(add<Single>(kQuiet, kSignalling | kMinus, env) == ((kSignalling | kMinus) | 0x40'0000));
    CHECK(env.fpsr == kInvalidOperation);
    Environment quiet{0, 0};
    CHECK(multiply<Single>(kOne, kQuiet, quiet) == kQuiet);
    CHECK(multiply_add<Single>(kQuiet, kQuiet | kMinus, kOne, quiet) == kQuiet);
    CHECK(quiet.fpsr == 0);
}

TEST_CASE("with FPCR.DN every NaN that comes out is the default one") {
    Environment env{kDefaultNaNs, 0};
    CHECK(add<Single>(kQuiet, kOne, env) == kNaN);
    CHECK(env.fpsr == 0);
    CHECK(convert<Double, Single>(kSignalling, env) == Double::kDefaultNaN);
    CHECK(env.fpsr == kInvalidOperation);
}

TEST_CASE("an invalid product wins against a quiet addend, not against a signalling one") {
    Environment env{0, 0};
    CHECK(multiply_add<Single>(kQuiet, 0, kInf, env) == kNaN);
    CHECK(env.fpsr == kInvalidOperation);
    CHECK(multiply_add<Single>(kSignalling, 0, kInf, env) == (kSignalling | 0x40'0000));
}

TEST_CASE("tininess is detected before rounding") {
    // (1 - 2^-24) * 2^-126 rounds up to the smallest normal number, and is tiny all the same.
    Environment env{0, 0};
    CHECK(multiply<Single>(kOne - 1, kSmallestNormal, env) == kSmallestNormal);
    CHECK(env.fpsr == (kUnderflow | kInexact));
    Environment flush{kFlush, 0};
    CHECK(multiply<Single>(kOne - 1, kSmallestNormal, flush) == 0);
    CHECK(flush.fpsr == kUnderflow);
}

TEST_CASE("a denormal result that is exact raises nothing") {
    Environment env{0, 0};
    CHECK(divide<Single>(kSmallestNormal, kTwo, env) == 0x0040'0000);
    CHECK(env.fpsr == 0);
}

TEST_CASE("FZ flushes denormal operands with IDC, FZ16 without") {
    Environment single{kFlush, 0};
    CHECK(add<Single>(1 | kMinus, 0, single) == 0);
    CHECK(single.fpsr == kInputDenormal);
    Environment half{kFlushHalf, 0};
    CHECK(multiply<Half>(1, 0x3c00, half) == 0);
    CHECK(half.fpsr == 0);
    Environment other{kFlush, 0};
    CHECK(multiply<Half>(1, 0x3c00, other) == 1);
}

TEST_CASE("an exact zero sum is negative only when rounding toward minus infinity") {
    for (const u32 mode : {0u, 1u, 2u, 3u}) {
        Environment env{mode << 22, 0};
        CHECK(subtract<Single>(kOne, kOne, env) == (mode == 2 ? kMinus : 0));
        CHECK(multiply_add<Single>(kOne, kOne, kOne | kMinus, env) == (mode == 2 ? kMinus : 0));
    }
}

TEST_CASE("overflow is infinity or the largest number, by rounding mode and sign") {
    const u32 largest = Single::kMaxNormal;
    const u32 positive[] = {kInf, kInf, largest, largest};
    const u32 negative[] = {kInf, largest, kInf, largest};
    for (const u32 mode : {0u, 1u, 2u, 3u}) {
        Environment env{mode << 22, 0};
        CHECK(multiply<Single>(largest, kTwo, env) == positive[mode]);
        CHECK(multiply<Single>(largest, kTwo | kMinus, env) == (negative[mode] | kMinus));
        CHECK(env.fpsr == (kOverflow | kInexact));
    }
}

TEST_CASE("the extended product of zero and infinity is two") {
    Environment env{0, 0};
    CHECK(multiply_extended<Single>(0, kInf | kMinus, env) == (kTwo | kMinus));
    CHECK(env.fpsr == 0);
    CHECK(multiply<Single>(0, kInf, env) == kNaN);
    CHECK(env.fpsr == kInvalidOperation);
}

TEST_CASE("maximum and minimum order the zeros, and number forms prefer the number") {
    Environment env{0, 0};
    CHECK(maximum<Single>(kMinus, 0, env) == 0);
    CHECK(minimum<Single>(0, kMinus, env) == kMinus);
    CHECK(maximum<Single>(kQuiet, kOne, env) == kQuiet);
    CHECK(maximum_number<Single>(kQuiet, kOne, env) == kOne);
    CHECK(minimum_number<Single>(kOne | kMinus, kQuiet, env) == (kOne | kMinus));
    CHECK(env.fpsr == 0);
    CHECK(maximum_number<Single>(kSignalling, kOne, env) == (kSignalling | 0x40'0000));
    CHECK(env.fpsr == kInvalidOperation);
}

TEST_CASE("comparisons give the manual's flags") {
    Environment env{0, 0};
    CHECK(compare<Single>(0, kMinus, true, env) == 0x6000'0000);
    CHECK(compare<Single>(kOne | kMinus, kOne, true, env) == 0x8000'0000);
    CHECK(compare<Single>(kInf, kOne, true, env) == 0x2000'0000);
    CHECK(compare<Single>(kQuiet, kOne, false, env) == 0x3000'0000);
    CHECK(env.fpsr == 0);
    CHECK(compare<Single>(kQuiet, kOne, true, env) == 0x3000'0000);
    CHECK(env.fpsr == kInvalidOperation);
}

TEST_CASE("conversion to integers saturates, and a NaN is zero") {
    Environment env{0, 0};
    const FixedPoint word{32, 0, true};
    CHECK(to_fixed<Single>(kInf, word, Rounding::Zero, env) == 0x7fff'ffff);
    CHECK(to_fixed<Single>(kNaN, word, Rounding::Zero, env) == 0);
    CHECK(to_fixed<Single>(kOne | kMinus, {32, 0, false}, Rounding::Zero, env) == 0);
    CHECK(env.fpsr == kInvalidOperation);
    Environment exact{0, 0};
    CHECK(to_fixed<Single>(0xcf00'0000, word, Rounding::Zero, exact) == 0x8000'0000);
    CHECK(to_fixed<Single>(kOne, {32, 31, false}, Rounding::Zero, exact) == 0x8000'0000);
    CHECK(exact.fpsr == 0);
    CHECK(to_fixed<Double>(0x3fe0'0000'0000'0000, word, Rounding::TieAway, exact) == 1);
    CHECK(to_fixed<Double>(0x3fe0'0000'0000'0000, word, Rounding::TieEven, exact) == 0);
    CHECK(exact.fpsr == kInexact);
}

TEST_CASE("JavaScript conversion wraps, and knows what was lost") {
    Environment env{0, 0};
    CHECK(to_javascript_integer(0x41f0'0000'0010'0000, env).value == 1);  // 2^32 + 1
    CHECK(env.fpsr == kInvalidOperation);
    Environment quiet{0, 0};
    CHECK_FALSE(to_javascript_integer(u64{1} << 63, quiet).exact);
    CHECK(to_javascript_integer(0xc1e0'0000'0000'0000, quiet).exact);
    CHECK(quiet.fpsr == 0);
}

TEST_CASE("the alternative half format saturates and has no NaN") {
    Environment env{kAlternativeHalf, 0};
    CHECK(convert<Half, Single>(0x4800'0000, env) == 0x7fff);  // 131072
    CHECK(convert<Half, Single>(kInf | kMinus, env) == 0xffff);
    CHECK(convert<Half, Single>(kQuiet | kMinus, env) == 0x8000);
    CHECK(env.fpsr == kInvalidOperation);
}

TEST_CASE("rounding to odd keeps what was lost visible") {
    Environment env{0, 0};
    CHECK(convert<Single, Double>(0x3ff0'0000'0000'0001, Rounding::Odd, env) == kOne + 1);
    CHECK(convert<Single, Double>(0x7fef'ffff'ffff'ffff, Rounding::Odd, env) == Single::kMaxNormal);
    CHECK(env.fpsr == (kOverflow | kInexact));
}

TEST_CASE("sized rounding gives the most negative integer for what does not fit") {
    Environment env{0, 0};
    CHECK(round_to_sized_integral<Single>(0x4f00'0000, Rounding::Zero, 32, env) == 0xcf00'0000);
    CHECK(env.fpsr == kInvalidOperation);
    Environment fits{0, 0};
    CHECK(round_to_sized_integral<Single>(0xcf00'0000, Rounding::Zero, 32, fits) == 0xcf00'0000);
    CHECK(fits.fpsr == 0);
}

TEST_CASE("estimates follow the manual's tables") {
    Environment env{0, 0};
    CHECK(reciprocal_estimate<Single>(kOne, env) == 0x3f7f'8000);
    CHECK(reciprocal_root_estimate<Single>(kOne, env) == 0x3f7f'8000);
    CHECK(reciprocal_estimate<Single>(kMinus, env) == (kInf | kMinus));
    CHECK(env.fpsr == kDivideByZero);
    CHECK(unsigned_reciprocal_estimate(0x8000'0000) == 0xff80'0000);
    CHECK(unsigned_reciprocal_root_estimate(0x3fff'ffff) == 0xffff'ffff);
    CHECK(reciprocal_exponent<Single>(kOne, env) == 0x4000'0000);
}

TEST_CASE("steps of Newton's method are exact at their fixed points") {
    Environment env{0, 0};
    CHECK(reciprocal_step<Single>(kOne, kOne, env) == kOne);
    CHECK(reciprocal_root_step<Single>(kOne, kOne, env) == kOne);
    CHECK(reciprocal_step<Single>(0, kInf, env) == kTwo);
    CHECK(reciprocal_root_step<Single>(kInf, 0, env) == Single::kOneAndHalf);
    CHECK(env.fpsr == 0);
}

TEST_CASE("a BFloat16 dot product rounds to odd") {
    CHECK(bfloat_dot(kOne, {0x3f80, 0x3f80}, {0x3f80, 0x4000}) == 0x4080'0000);  // 1 + 1*1 + 1*2
    CHECK(bfloat_dot(0x3380'0000, {0x3f80, 0}, {0x3f80, 0}) == kOne + 1);        // 2^-24 + 1
}
