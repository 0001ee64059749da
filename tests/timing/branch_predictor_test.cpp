#include "emu/timing/branch/branch_predictor.h"

#include "tests/support/catch.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;

namespace {

ExecutedBranch conditional(u64 pc, bool taken) {
    return {OpClass::BranchCond, pc, taken ? pc + 0x1000 : pc + 4, taken};
}

PredictorConfig bimodal() {
    PredictorConfig config;
    config.direction = DirectionKind::Bimodal;
    return config;
}

// Wrong predictions in the second half of 2 * `rounds` executions of one conditional branch whose direction is
// direction(round): the first half is for learning.
template <class Direction>
int wrong_of(int rounds, Direction&& direction, const PredictorConfig& config = {}) {
    BranchPredictor p{config};
    int wrong = 0;
    for (int i = 0; i < 2 * rounds; ++i) {
        const bool right = p.execute(conditional(0x1000, direction(i))) != Prediction::Wrong;
        wrong += i >= rounds && !right ? 1 : 0;
    }
    return wrong;
}

bool coin(u64& seed) {
    seed = seed * 6364136223846793005 + 1442695040888963407;
    return (seed >> 60 & 1) != 0;
}

// A fixed pattern of random directions. Thirteen of them tell where in a pattern of 48 one is, but hardly ever fewer.
bool in_pattern(int i) {
    static constexpr u64 kPattern = 0xb1e4'9d37'5ca6'0f28;
    return (kPattern >> (i % 48) & 1) != 0;
}

}  // namespace

TEST_CASE("a branch with a fixed direction is learnt at once") {
    for (const PredictorConfig& config : {PredictorConfig{}, bimodal()}) {
        BranchPredictor p{config};
        int wrong = 0;
        for (int i = 0; i < 1000; ++i) wrong += p.execute(conditional(0x1000, true)) == Prediction::Wrong;
        CHECK(wrong <= 2);
        CHECK(wrong_of(1000, [](int) { return false; }, config) == 0);
    }
}

TEST_CASE("a branch that alternates is learnt by history and not by address") {
    const auto alternate = [](int i) { return i % 2 == 0; };
    CHECK(wrong_of(1000, alternate) == 0);
    CHECK(wrong_of(1000, alternate, bimodal()) >= 500);
}

TEST_CASE("a loop whose iterations fit the history is learnt with its exit") {
    for (const int iterations : {3, 7, 16, 40, 100}) {
        INFO(iterations);
        const auto loop = [=](int i) { return i % iterations != iterations - 1; };
        CHECK(wrong_of(100 * iterations, loop) <= 2);
        // By address alone the exit is wrong every time.
        CHECK(wrong_of(100 * iterations, loop, bimodal()) >= 100);
    }
}

TEST_CASE("a loop with more iterations than the history is wrong at its exit alone") {
    const int wrong = wrong_of(200 * 500, [](int i) { return i % 500 != 499; });
    CHECK(wrong >= 150);
    CHECK(wrong <= 300);
}

TEST_CASE("a long pattern is learnt by history and not by address") {
    CHECK(wrong_of(48 * 200, in_pattern) <= 48 * 200 / 100);
    // About as many directions are taken as not, in runs of two on average: by address nearly half are wrong.
    CHECK(wrong_of(48 * 200, in_pattern, bimodal()) > 48 * 200 / 3);
}

TEST_CASE("a pattern that begins with a run longer than the history needs the longer history") {
    // A block begins and ends with the same direction, as good as random; 30 directions alike lie between. So its first
    // one is wrong half the time, and its last one only where the history does not reach back to the first.
    const auto after_run = [](int i) {
        const int block = i / 32;
        const bool mark = (0x5a3cu >> (block % 16) & 1) != 0;
        return i % 32 == 0 || i % 32 == 31 ? mark : true;
    };
    PredictorConfig short_sighted;
    short_sighted.shortest_history = 4;
    short_sighted.longest_history = 20;
    CHECK(wrong_of(32 * 400, after_run) < 200 + 40);
    CHECK(wrong_of(32 * 400, after_run, short_sighted) > wrong_of(32 * 400, after_run) + 100);
}

TEST_CASE("a branch that repeats what another did before it is learnt by their common history") {
    const auto wrong_second = [](const PredictorConfig& config) {
        BranchPredictor p{config};
        u64 seed = 5;
        int wrong = 0;
        for (int i = 0; i < 4000; ++i) {
            const bool first = coin(seed);
            (void)p.execute(conditional(0x1000, first));
            for (u64 k = 0; k < 3; ++k) (void)p.execute(conditional(0x1100 + 16 * k, true));
            const Prediction second = p.execute(conditional(0x1200, !first));
            wrong += i >= 2000 && second == Prediction::Wrong ? 1 : 0;
        }
        return wrong;
    };
    CHECK(wrong_second({}) < 200);
    CHECK(wrong_second(bimodal()) > 700);
}

TEST_CASE("nested loops are learnt as a whole") {
    BranchPredictor p{{}};
    int wrong = 0;
    for (int round = 0; round < 400; ++round) {
        for (int outer = 0; outer < 5; ++outer) {
            for (int inner = 0; inner < 4; ++inner) {
                const bool inner_right = p.execute(conditional(0x1000, inner != 3)) != Prediction::Wrong;
                wrong += round >= 200 && !inner_right ? 1 : 0;
            }
            const bool outer_right = p.execute(conditional(0x1010, outer != 4)) != Prediction::Wrong;
            wrong += round >= 200 && !outer_right ? 1 : 0;
        }
    }
    CHECK(wrong <= 5);  // of 5000
}

TEST_CASE("a random direction is wrong about half the time") {
    u64 seed = 7;
    const int wrong = wrong_of(10000, [&](int) { return coin(seed); });
    CHECK(wrong > 4500);
    CHECK(wrong < 5500);
}

TEST_CASE("a random branch does not spoil those around it") {
    BranchPredictor p{{}};
    u64 seed = 11;
    int wrong = 0;
    for (int i = 0; i < 8000; ++i) {
        (void)p.execute(conditional(0x1000, coin(seed)));
        for (u64 k = 1; k < 8; ++k) {
            const bool right = p.execute(conditional(0x1000 + 64 * k, (k & 1) != 0)) != Prediction::Wrong;
            wrong += i >= 4000 && !right ? 1 : 0;
        }
    }
    CHECK(wrong < 4000 * 7 / 100);
}

TEST_CASE("the target buffer forgets what does not fit") {
    const auto late_of = [](u64 branches) {
        PredictorConfig config;
        config.btb_entries = 256;
        BranchPredictor p{config};
        int late = 0;
        for (int round = 0; round < 10; ++round)
            for (u64 i = 0; i < branches; ++i)
                late += p.execute({OpClass::Branch, 0x1000 + 4 * i, 0x8000, true}) == Prediction::LateTarget ? 1 : 0;
        return late;
    };
    CHECK(late_of(64) == 64);           // each once
    CHECK(late_of(2048) > 10 * 1900);   // in every round
}

TEST_CASE("the target of a direct branch is found late once") {
    BranchPredictor p{{}};
    const ExecutedBranch branch{OpClass::Branch, 0x1000, 0x8000, true};
    CHECK(p.execute(branch) == Prediction::LateTarget);
    CHECK(p.execute(branch) == Prediction::Right);
}

TEST_CASE("returns are predicted as deep as the return stack") {
    const auto wrong_at_depth = [](u64 depth) {
        BranchPredictor p{{}};
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
    BranchPredictor p{{}};
    int wrong = 0;
    for (u64 i = 0; i < 1000; ++i) {
        wrong += p.execute({OpClass::BranchIndirect, 0x1000, 0x8000 + (i & 1) * 64, true}) == Prediction::Wrong;
    }
    CHECK(wrong < 50);
}

TEST_CASE("an indirect branch follows the branches before it") {
    // An interpreter: the same sequence of 24 operations over and over, each dispatched by one indirect branch.
    static constexpr u64 kProgram = 0x3a1f'9c27'5b0e;
    const auto wrong_of_length = [](u64 length) {
        BranchPredictor p{{}};
        int wrong = 0;
        for (u64 i = 0; i < 400 * length; ++i) {
            const u64 target = 0x8000 + (kProgram >> 2 * (i % length) & 3) * 0x100;
            const Prediction prediction = p.execute({OpClass::BranchIndirect, 0x1000, target, true});
            wrong += i >= 200 * length && prediction == Prediction::Wrong ? 1 : 0;
        }
        return wrong;
    };
    CHECK(wrong_of_length(24) < 200 * 24 / 50);
}

TEST_CASE("a random indirect branch among four targets is wrong three times in four") {
    BranchPredictor p{{}};
    u64 seed = 9;
    int wrong = 0;
    for (int i = 0; i < 8000; ++i) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        const u64 target = 0x8000 + (seed >> 62) * 0x100;
        wrong += p.execute({OpClass::BranchIndirect, 0x1000, target, true}) == Prediction::Wrong ? 1 : 0;
    }
    CHECK(wrong > 8000 * 70 / 100);
    CHECK(wrong < 8000 * 80 / 100);
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
