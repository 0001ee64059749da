// The library in single and double precision against the host's floating-point unit, in the four rounding modes that
// both have. The host may choose another NaN, and x86 detects tininess after rounding: these two are masked.
#include <bit>
#include <cfenv>
#include <cmath>

#include "emu/fp/arithmetic.h"
#include "emu/fp/convert.h"
#include "emu/fp/integral.h"
#include "tests/fp/values.h"
#include "tests/support/catch.h"

namespace {

using namespace emu::fp;
using namespace fp_test;

template <class F>
struct HostOf;
template <>
struct HostOf<Single> {
    using Type = float;
};
template <>
struct HostOf<Double> {
    using Type = double;
};
template <class F>
using Host = typename HostOf<F>::Type;

constexpr int kHostRounding[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};

u32 host_flags() {
    const int raised = std::fetestexcept(FE_ALL_EXCEPT);
    u32 flags = 0;
    if ((raised & FE_INVALID) != 0) flags |= kInvalidOperation;
    if ((raised & FE_DIVBYZERO) != 0) flags |= kDivideByZero;
    if ((raised & FE_OVERFLOW) != 0) flags |= kOverflow;
    if ((raised & FE_INEXACT) != 0) flags |= kInexact;
    return flags;
}

// `operation` under the host's rounding mode and with its flags. Operands are volatile: nothing is computed early.
template <class F, class Operation>
Bits<F> on_host(u32 mode, Operation operation, u32& flags) {
    std::fesetround(kHostRounding[mode]);
    std::feclearexcept(FE_ALL_EXCEPT);
    volatile Host<F> result = operation();
    flags = host_flags();
    std::fesetround(FE_TONEAREST);
    return std::bit_cast<Bits<F>>(static_cast<Host<F>>(result));
}

template <class F>
bool is_nan(Bits<F> bits) { return F::magnitude(bits) > F::kInfinity; }

template <class F>
void check_same(Bits<F> ours, u32 our_flags, Bits<F> theirs, u32 their_flags) {
    CAPTURE(std::uint64_t{ours}, std::uint64_t{theirs}, our_flags, their_flags);
    const bool same_value = ours == theirs || (is_nan<F>(ours) && is_nan<F>(theirs));
    const bool same_flags = (our_flags & ~kUnderflow) == their_flags;
    if (!same_value || !same_flags) FAIL("the library and the host differ");
}

// Once with clear flags and once with IXC set, where the library may use the host itself.
template <class F, class Ours, class Theirs>
void compare_with_host(Ours ours, Theirs theirs) {
    Random random{7};
    for (int i = 0; i < 60'000; ++i) {
        const Bits<F> a = any_value<F>(random), b = any_value<F>(random), c = any_value<F>(random);
        volatile Host<F> x = std::bit_cast<Host<F>>(a), y = std::bit_cast<Host<F>>(b), z = std::bit_cast<Host<F>>(c);
        CAPTURE(std::uint64_t{a}, std::uint64_t{b}, std::uint64_t{c}, i % 4);
        const u32 mode = static_cast<u32>(i % 4);
        u32 their_flags = 0;
        const Bits<F> expected = on_host<F>(mode, [&] { return theirs(x, y, z); }, their_flags);
        Environment clear{mode << 22, 0};
        const Bits<F> first = ours(a, b, c, clear);
        check_same<F>(first, clear.fpsr, expected, their_flags);
        Environment inexact{mode << 22, kInexact};
        const Bits<F> second = ours(a, b, c, inexact);
        if (first != second || (clear.fpsr | kInexact) != inexact.fpsr) FAIL("a set IXC changes the result");
    }
}

}  // namespace

TEMPLATE_TEST_CASE("sums, products, quotients and roots are the host's", "", Single, Double) {
    using F = TestType;
    using B = Bits<F>;
    using H = Host<F>;
    SECTION("add") {
        compare_with_host<F>([](B a, B b, B, Environment& e) { return add<F>(a, b, e); },
                             [](H a, H b, H) { return a + b; });
    }
    SECTION("subtract") {
        compare_with_host<F>([](B a, B b, B, Environment& e) { return subtract<F>(a, b, e); },
                             [](H a, H b, H) { return a - b; });
    }
    SECTION("multiply") {
        compare_with_host<F>([](B a, B b, B, Environment& e) { return multiply<F>(a, b, e); },
                             [](H a, H b, H) { return a * b; });
    }
    SECTION("divide") {
        compare_with_host<F>([](B a, B b, B, Environment& e) { return divide<F>(a, b, e); },
                             [](H a, H b, H) { return a / b; });
    }
    SECTION("square root") {
        compare_with_host<F>([](B a, B, B, Environment& e) { return square_root<F>(a, e); },
                             [](H a, H, H) { return std::sqrt(a); });
    }
    SECTION("round to integral, with the inexact flag") {
        compare_with_host<F>([](B a, B, B, Environment& e) { return round_to_integral<F>(a, e.rounding, true, e); },
                             [](H a, H, H) { return std::rint(a); });
    }
}

// An invalid product beside a quiet NaN raises the flag on Arm; IEEE 754 leaves that open.
TEMPLATE_TEST_CASE("fused products are the host's", "", Single, Double) {
    using F = TestType;
    Random random{8};
    for (int i = 0; i < 60'000; ++i) {
        const Bits<F> a = any_value<F>(random), b = any_value<F>(random), c = any_value<F>(random);
        if (is_nan<F>(c)) continue;
        volatile Host<F> x = std::bit_cast<Host<F>>(a), y = std::bit_cast<Host<F>>(b), z = std::bit_cast<Host<F>>(c);
        const u32 mode = static_cast<u32>(i % 4);
        CAPTURE(std::uint64_t{a}, std::uint64_t{b}, std::uint64_t{c}, mode);
        u32 their_flags = 0;
        const Bits<F> expected = on_host<F>(mode, [&] { return std::fma(x, y, z); }, their_flags);
        Environment env{mode << 22, 0};
        const Bits<F> ours = multiply_add<F>(c, a, b, env);
        check_same<F>(ours, env.fpsr, expected, their_flags);
    }
}

TEST_CASE("conversions between single and double are the host's") {
    Random random{9};
    for (int i = 0; i < 60'000; ++i) {
        const u64 a = any_value<Double>(random);
        const u32 mode = static_cast<u32>(i % 4);
        volatile double x = std::bit_cast<double>(a);
        u32 their_flags = 0;
        const u32 expected = on_host<Single>(mode, [&] { return static_cast<float>(x); }, their_flags);
        Environment env{mode << 22, 0};
        const u32 ours = convert<Single, Double>(a, env);
        check_same<Single>(ours, env.fpsr, expected, their_flags);
    }
}

TEST_CASE("conversions from integers are the host's") {
    Random random{10};
    for (int i = 0; i < 60'000; ++i) {
        volatile std::int64_t value = static_cast<std::int64_t>(random.next() >> (random.next() % 64));
        if (i % 3 == 0) value = -value;
        const u32 mode = static_cast<u32>(i % 4);
        u32 their_flags = 0;
        const u64 expected = on_host<Double>(mode, [&] { return static_cast<double>(value); }, their_flags);
        Environment env{mode << 22, 0};
        const u64 ours = from_fixed<Double>(static_cast<u64>(value), {64, 0, true}, env);
        check_same<Double>(ours, env.fpsr, expected, their_flags);
    }
}

TEST_CASE("a difference to the host would be noticed") {
    u32 flags = 0;
    volatile double one = 1.0, three = 3.0;
    const u64 up = on_host<Double>(1, [&] { return one / three; }, flags);
    CHECK(flags == kInexact);
    const u64 down = on_host<Double>(2, [&] { return one / three; }, flags);
    CHECK(up == down + 1);
}
