// Where the library lets the host compute, against its own integers: equal results and flags in all modes.
#include "emu/fp/arithmetic.h"
#include "emu/fp/compare.h"
#include "emu/fp/convert.h"
#include "tests/fp/values.h"
#include "tests/support/catch.h"

namespace {

using namespace emu::fp;
using namespace fp_test;

// Rounding, FZ and DN by chance; FPSR empty, or with IXC, or with everything.
Environment any_environment(Random& random) {
    const u64 raw = random.next();
    const u32 flags[] = {0, kInexact, 0x9f};
    return {static_cast<u32>(raw) & (kRMode | kFlush | kDefaultNaNs), flags[(raw >> 32) % 3]};
}

// `fast` and `slow` are functions of (environment) -> bits.
template <class Fast, class Slow>
bool agree(const Environment& start, Fast fast, Slow slow) {
    Environment first = start;
    Environment second = start;
    return fast(first) == slow(second) && first.fpsr == second.fpsr;
}

// Calls body(a, b, c, environment), which returns whether the paths agree, on many operands.
template <class F, class Body>
void check_many(u64 seed, Body body) {
    Random random{seed};
    for (int i = 0; i < 200'000; ++i) {
        const Bits<F> a = any_value<F>(random), b = any_value<F>(random), c = any_value<F>(random);
        const Environment env = any_environment(random);
        if (body(a, b, c, env)) continue;
        CAPTURE(std::uint64_t{a}, std::uint64_t{b}, std::uint64_t{c}, env.fpcr, env.fpsr);
        FAIL("the host's path and the integers differ");
    }
}

}  // namespace

TEMPLATE_TEST_CASE("arithmetic by the host is that by integers", "", Single, Double) {
    using F = TestType;
    using B = Bits<F>;
    check_many<F>(1, [](B a, B b, B c, const Environment& env) {
        const auto check = [&](auto fast, auto slow) { return agree(env, fast, slow); };
        return check([&](Environment& e) { return add<F>(a, b, e); },
                     [&](Environment& e) { return software::add<F>(a, b, e); }) &&
               check([&](Environment& e) { return subtract<F>(a, b, e); },
                     [&](Environment& e) { return software::subtract<F>(a, b, e); }) &&
               check([&](Environment& e) { return multiply<F>(a, b, e); },
                     [&](Environment& e) { return software::multiply<F>(a, b, e); }) &&
               check([&](Environment& e) { return divide<F>(a, b, e); },
                     [&](Environment& e) { return software::divide<F>(a, b, e); }) &&
               check([&](Environment& e) { return square_root<F>(a, e); },
                     [&](Environment& e) { return software::square_root<F>(a, e); }) &&
               check([&](Environment& e) { return multiply_add<F>(c, a, b, e); },
                     [&](Environment& e) { return software::multiply_add<F>(c, a, b, e); });
    });
}

TEMPLATE_TEST_CASE("comparisons and conversions by the host are those by integers", "", Single, Double) {
    using F = TestType;
    using B = Bits<F>;
    check_many<F>(2, [](B a, B b, B c, const Environment& env) {
        const auto check = [&](auto fast, auto slow) { return agree(env, fast, slow); };
        const FixedPoint shape{(c & 1) != 0 ? 32u : 64u, 0, (c & 2) != 0};
        return check([&](Environment& e) { return compare<F>(a, b, (c & 1) != 0, e); },
                     [&](Environment& e) { return software::compare<F>(a, b, (c & 1) != 0, e); }) &&
               check([&](Environment& e) { return to_fixed<F>(a, shape, Rounding::Zero, e); },
                     [&](Environment& e) { return software::to_fixed<F>(a, shape, Rounding::Zero, e); }) &&
               check([&](Environment& e) { return from_fixed<F>(a, shape, e); },
                     [&](Environment& e) { return software::from_fixed<F>(a, shape, e); });
    });
}

TEST_CASE("conversions between formats by the host are those by integers") {
    check_many<Double>(3, [](u64 a, u64 b, u64, const Environment& env) {
        const u32 single = static_cast<u32>(b >> 16);
        return agree(env, [&](Environment& e) { return convert<Single, Double>(a, e); },
                     [&](Environment& e) { return software::convert<Single, Double>(a, e.rounding, e); }) &&
               agree(env, [&](Environment& e) { return convert<Double, Single>(single, e); },
                     [&](Environment& e) { return software::convert<Double, Single>(single, e.rounding, e); });
    });
}

TEST_CASE("integers near the precision of a format are converted as by integers") {
    Environment env{0, 0};
    for (const u64 limit : {u64{1} << 24, u64{1} << 53, u64{1} << 63}) {
        for (u64 value = limit - 3; value != limit + 4; ++value) {
            for (const FixedPoint shape : {FixedPoint{64, 0, true}, FixedPoint{64, 0, false}}) {
                CHECK(agree(env, [&](Environment& e) { return from_fixed<Single>(value, shape, e); },
                            [&](Environment& e) { return software::from_fixed<Single>(value, shape, e); }));
                CHECK(agree(env, [&](Environment& e) { return from_fixed<Double>(0 - value, shape, e); },
                            [&](Environment& e) { return software::from_fixed<Double>(0 - value, shape, e); }));
            }
        }
    }
}

TEST_CASE("a difference between two paths would be noticed") {
    const Environment env{0, 0};
    const auto third = [](Environment& e) { return divide<Double>(Double::kOne, 0x4008'0000'0000'0000, e); };
    const auto without_flag = [](Environment&) { return u64{0x3fd5'5555'5555'5555}; };
    CHECK(agree(env, third, third));
    CHECK_FALSE(agree(env, third, without_flag));
}
