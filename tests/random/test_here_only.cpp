// What the comparison leaves out because QEMU 7.2 does otherwise: this core against the architecture's words.
#include "tests/random/machine.h"
#include "tests/support/catch.h"

using namespace random_test;

namespace {

constexpr u32 kNop = 0xd503201f;
constexpr u64 kWordAddress = RANDOM_CODE + SLOT_WORD * 4;

// The word in a slot, with X1 and the low half of V1 as given.
sample executed(Engine engine, u32 word, u64 x1, u64 v1 = 0) {
    static batch b{};
    b.slot_count = 1;
    b.slot_address[0] = RANDOM_CODE;
    b.slot[0][SLOT_ENTER] = kNop;
    b.slot[0][SLOT_PREFIX] = kNop;
    b.slot[0][SLOT_WORD] = word;
    b.slot[0][SLOT_LEAVE] = 0x1400'0000 | (static_cast<u32>((RANDOM_EXIT - kWordAddress - 4) >> 2) & 0x03ff'ffff);
    Machine machine{engine};
    machine.load(b);
    sample s{};
    s.state.pc = RANDOM_CODE;
    s.state.sp = 0x1234;
    s.state.x[1] = x1;
    s.state.x[30] = 7;
    s.state.v[0][0] = s.state.v[0][1] = ~u64{0};
    s.state.v[1][0] = v1;
    machine.run(s);
    return s;
}

}  // namespace

TEST_CASE("a store-exclusive to an unaligned address is an alignment fault even where the monitor is open") {
    for (const Engine engine : engines()) {
        CHECK(executed(engine, 0xc800'7c22, RANDOM_DATA + 1).outcome == OUTCOME_ALIGNMENT);  // stxr w0, x2, [x1]
        CHECK(executed(engine, 0xc820'0c22, RANDOM_DATA + 8).outcome == OUTCOME_ALIGNMENT);  // stxp w0, x2, x3, [x1]
        const sample aligned = executed(engine, 0xc800'7c22, RANDOM_DATA);
        CHECK(aligned.outcome == OUTCOME_EXIT);
        CHECK(aligned.state.x[0] == 1);
    }
}

TEST_CASE("LDAPR from an unaligned address is an alignment fault") {
    for (const Engine engine : engines()) {
        CHECK(executed(engine, 0xf8bf'c020, RANDOM_DATA + 4).outcome == OUTCOME_ALIGNMENT);  // ldapr x0, [x1]
        CHECK(executed(engine, 0xf8bf'c020, RANDOM_DATA + 8).outcome == OUTCOME_EXIT);
    }
}

TEST_CASE("the second register of CASP's pair X30, XZR is XZR, not SP") {
    for (const Engine engine : engines()) {
        const sample after = executed(engine, 0x483e'7c22, RANDOM_DATA);  // casp x30, xzr, x2, x3, [x1]
        CHECK(after.outcome == OUTCOME_EXIT);
        CHECK(after.state.x[30] == 0);
        CHECK(after.state.sp == 0x1234);
    }
}

TEST_CASE("a half-precision number becomes a fixed-point number of 16 bits, and the rest of the register zero") {
    constexpr u32 kConvert = 0x5f1f'fc20;  // fcvtzs h0, h1, #1
    constexpr u64 kInexact = 1 << 4;
    for (const Engine engine : engines()) {
        const sample negative = executed(engine, kConvert, 0, 0xbc00);  // -1
        CHECK(negative.state.v[0][0] == 0xfffe);
        CHECK(negative.state.v[0][1] == 0);
        CHECK(negative.state.fpsr == 0);
        CHECK(executed(engine, kConvert, 0, 0x3e00).state.v[0][0] == 3);  // 1.5
        const sample rounded = executed(engine, kConvert, 0, 0x3d00);     // 1.25
        CHECK(rounded.state.v[0][0] == 2);
        CHECK(rounded.state.fpsr == kInexact);
        CHECK(executed(engine, kConvert, 0, 0xfc00).state.v[0][0] == 0x8000);  // minus infinity
    }
}

TEST_CASE("an unaligned branch target is a PC alignment fault even where nothing is mapped") {
    for (const Engine engine : engines()) {
        const sample after = executed(engine, 0xd61f'0020, 0x12'3456'7892);  // br x1
        CHECK(after.outcome == OUTCOME_ALIGNMENT);
        CHECK(after.state.pc == 0x12'3456'7892);
    }
}
