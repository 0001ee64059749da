// Half precision, exhaustively where there are few operands. Sums and products of two half numbers are exact in
// double precision, so converting those to half rounds once and must agree with the operation itself.
#include <bit>
#include <cmath>

#include "emu/fp/arithmetic.h"
#include "emu/fp/convert.h"
#include "emu/fp/integral.h"
#include "tests/fp/values.h"
#include "tests/support/catch.h"

namespace {

using namespace emu::fp;
using namespace fp_test;

double number(u16 half) {
    Environment env{0, 0};
    return std::bit_cast<double>(convert<Double, Half>(half, env));
}
bool is_nan(u16 half) { return Half::magnitude(half) > Half::kInfinity; }

// The half nearest to an exact double, and the flags of the rounding.
u16 rounded_half(double value, Environment& env) { return convert<Half, Double>(std::bit_cast<u64>(value), env); }

template <class Ours>
void check_all(u32 fpcr, Ours ours) {
    for (u32 a = 0; a < 0x10000; ++a) {
        if (is_nan(static_cast<u16>(a)) || Half::magnitude(a) == Half::kInfinity) continue;
        for (const u16 b : boundary_values<Half>()) {
            if (is_nan(b) || Half::magnitude(b) == Half::kInfinity) continue;
            Environment mine{fpcr, 0};
            Environment wide{fpcr, 0};
            u16 expected = 0;
            const u16 result = ours(static_cast<u16>(a), b, mine, wide, expected);
            // An exact zero has no rounding to take its sign from in the wide calculation.
            if (result == expected && mine.fpsr == wide.fpsr) continue;
            CAPTURE(a, b, fpcr, result, expected, mine.fpsr, wide.fpsr);
            FAIL("the half operation and the rounded wide one differ");
        }
    }
}

}  // namespace

TEST_CASE("every half survives the way through single and double") {
    for (u32 a = 0; a < 0x10000; ++a) {
        const u16 half = static_cast<u16>(a);
        Environment env{0, 0};
        const u32 single = convert<Single, Half>(half, env);
        const u64 wide = convert<Double, Single>(single, env);
        const u16 back = convert<Half, Double>(wide, env);
        const bool signals = is_nan(half) && (half & Half::kQuiet) == 0;
        REQUIRE(back == (signals ? half | Half::kQuiet : half));
        REQUIRE(env.fpsr == (signals ? kInvalidOperation : 0));
    }
}

TEST_CASE("every half of the alternative format survives the way through single") {
    for (u32 a = 0; a < 0x10000; ++a) {
        Environment env{kAlternativeHalf, 0};
        const u32 single = convert<Single, Half>(static_cast<u16>(a), env);
        REQUIRE(convert<Half, Single>(single, env) == a);
        REQUIRE(env.fpsr == 0);
    }
}

TEST_CASE("half sums are the rounded sums") {
    for (const u32 mode : {0u, 1u, 2u, 3u}) {
        check_all(mode << 22, [mode](u16 a, u16 b, Environment& mine, Environment& wide, u16& expected) {
            const double exact = number(a) + number(b);
            expected = rounded_half(exact, wide);
            const bool cancels = exact == 0 && a != b;
            if (cancels) expected = mode == 2 ? 0x8000 : 0;
            return add<Half>(a, b, mine);
        });
    }
}

TEST_CASE("half products are the rounded products") {
    for (const u32 mode : {0u, 1u, 2u, 3u}) {
        check_all(mode << 22, [](u16 a, u16 b, Environment& mine, Environment& wide, u16& expected) {
            expected = rounded_half(number(a) * number(b), wide);
            return multiply<Half>(a, b, mine);
        });
    }
}

TEST_CASE("half roots, squared, enclose the operand") {
    for (u32 a = 0; a < Half::kInfinity; ++a) {
        Environment down{2u << 22, 0};
        Environment up{1u << 22, 0};
        const double low = number(square_root<Half>(static_cast<u16>(a), down));
        const double high = number(square_root<Half>(static_cast<u16>(a), up));
        const double operand = number(static_cast<u16>(a));
        REQUIRE(low * low <= operand);
        REQUIRE(high * high >= operand);
        REQUIRE((low == high) == (down.fpsr == 0));
    }
}

TEST_CASE("every half is rounded to an integral number as the host rounds it") {
    for (u32 a = 0; a < Half::kInfinity; ++a) {
        const u16 half = static_cast<u16>(a);
        const double operand = number(half);
        Environment env{0, 0};
        REQUIRE(number(round_to_integral<Half>(half, Rounding::TieAway, false, env)) == std::round(operand));
        REQUIRE(number(round_to_integral<Half>(half, Rounding::PlusInfinity, false, env)) == std::ceil(operand));
        REQUIRE(number(round_to_integral<Half>(half, Rounding::MinusInfinity, false, env)) == std::floor(operand));
        REQUIRE(number(round_to_integral<Half>(half, Rounding::Zero, false, env)) == std::trunc(operand));
        REQUIRE(number(round_to_integral<Half>(half, Rounding::TieEven, false, env)) == std::nearbyint(operand));
        REQUIRE(env.fpsr == 0);
    }
}
