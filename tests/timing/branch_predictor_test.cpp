#include "emu/timing/branch_predictor.h"

#include "tests/support/catch.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;

namespace {

BranchPredictor predictor() {
    return BranchPredictor{6144, 31};
}

// Wrong predictions of `rounds` executions of one conditional branch whose direction is direction(round).
template <class Direction>
int wrong_of(int rounds, Direction&& direction) {
    BranchPredictor p = predictor();
    int wrong = 0;
    for (int i = 0; i < rounds; ++i) {
        const bool taken = direction(i);
        const ExecutedBranch branch{OpClass::BranchCond, 0x1000, taken ? u64{0x2000} : u64{0x1004}, taken};
        wrong += p.execute(branch) == Prediction::Wrong;
    }
    return wrong;
}

}  // namespace

TEST_CASE("a branch with a fixed direction is learnt at once") {
    CHECK(wrong_of(1000, [](int) { return true; }) <= 2);
    CHECK(wrong_of(1000, [](int) { return false; }) == 0);
}

TEST_CASE("a loop of a few iterations is learnt by history") {
    CHECK(wrong_of(10000, [](int i) { return i % 7 != 0; }) < 300);
}

TEST_CASE("a random direction is wrong about half the time") {
    u64 seed = 7;
    const int wrong = wrong_of(10000, [&](int) { return ((seed = seed * 6364136223846793005 + 1) >> 60 & 1) != 0; });
    CHECK(wrong > 4000);
    CHECK(wrong < 6000);
}

TEST_CASE("the target of a direct branch is found late once") {
    BranchPredictor p = predictor();
    const ExecutedBranch branch{OpClass::Branch, 0x1000, 0x8000, true};
    CHECK(p.execute(branch) == Prediction::LateTarget);
    CHECK(p.execute(branch) == Prediction::Right);
}

TEST_CASE("returns are predicted as deep as the return stack") {
    const auto wrong_at_depth = [](u64 depth) {
        BranchPredictor p = predictor();
        for (u64 i = 0; i < depth; ++i) (void)p.execute({OpClass::Call, 0x1000 + 64 * i, 0x1040 + 64 * i, true});
        int wrong = 0;
        for (u64 i = depth; i-- > 0;) {
            wrong += p.execute({OpClass::Return, 0x9000 + 64 * i, 0x1004 + 64 * i, true}) == Prediction::Wrong;
        }
        return wrong;
    };
    CHECK(wrong_at_depth(31) == 0);
    CHECK(wrong_at_depth(40) == 9);
}

TEST_CASE("an indirect branch that alternates between targets is learnt by history") {
    BranchPredictor p = predictor();
    int wrong = 0;
    for (u64 i = 0; i < 1000; ++i) {
        wrong += p.execute({OpClass::BranchIndirect, 0x1000, 0x8000 + (i & 1) * 64, true}) == Prediction::Wrong;
    }
    CHECK(wrong < 50);
}

TEST_CASE("a wrong prediction costs eleven cycles more than a right one") {
    // The same taken branches; in one run their direction was random before, so each of them is judged separately.
    const auto cycles = [](bool random) {
        Stream s;
        u64 seed = 3;
        u64 wrong = 0;
        const u64 before = s.now();
        for (int i = 0; i < 4000; ++i) {
            seed = seed * 6364136223846793005 + 1442695040888963407;
            const u64 mispredicted = s.count(mmu::Event::BR_MIS_PRED);
            s.set_pc(0x1000);
            for (int k = 0; k < 3; ++k) s.run(nop());
            s.branch(OpClass::BranchCond, 0x1100, !random || (seed >> 62 & 1) != 0);
            wrong += s.count(mmu::Event::BR_MIS_PRED) - mispredicted;
        }
        return std::pair{s.now() - before, wrong};
    };
    const auto [predicted, few] = cycles(false);
    const auto [unpredicted, many] = cycles(true);
    REQUIRE(few < 5);
    REQUIRE(many > 1500);
    const double extra = static_cast<double>(unpredicted - predicted) / static_cast<double>(many - few);
    CHECK(extra == Approx(11).margin(0.3));
}

TEST_CASE("every branch but ERET counts as one that could be predicted") {
    Stream s;
    s.branch(OpClass::Branch, 0x1000);
    s.branch(OpClass::BranchCond, 0x1000, false);
    s.eret(0x1000, 1);
    CHECK(s.count(mmu::Event::BR_PRED) == 2);
}

TEST_CASE("a taken branch ends its fetch group") {
    Stream s;
    const u64 cycles = s.cycles_of(1000, [&] {
        s.run(nop());
        s.branch(OpClass::Branch, 0x1000);
    });
    CHECK(cycles == 1000);
}
