// Instructions that only keep contents warm: no time, no counts, but the lines, translations and predictions are there.
#include "tests/support/catch.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;
using mmu::Event;

namespace {

constexpr u64 kFar = u64{1} << 32;

TimingConfig config_of(PipelineKind pipeline) {
    TimingConfig config;
    config.core.pipeline = pipeline;
    return config;
}

// Cycles of a chain of one load from each of `lines` lines.
u64 chase(Stream& s, u64 lines) {
    const u64 before = s.now();
    for (u64 i = 0; i < lines; ++i) s.run(load(1, 1), {kFar + i * 64});
    s.run({OpClass::AluShift, {2}, {1}});
    return s.now() - before;
}

}  // namespace

TEST_CASE("no time passes and nothing is counted while caches are kept warm") {
    Stream s{config_of(GENERATE(PipelineKind::OutOfOrder, PipelineKind::InOrder))};
    const u64 before = s.now();
    const mmu::CounterBank el1 = s.counters().by_el[1];
    s.begin_warm_up();
    (void)chase(s, 100);
    for (u64 i = 0; i < 100; ++i) s.run(store(1, 9), {2 * kFar + i * 8, 8, walk({0x70000})});
    s.end_warm_up();
    CHECK(s.now() == before);
    CHECK(s.counters().by_el[1].value == el1.value);
    s.run(nop());
    CHECK(s.now() - before <= 1);
    CHECK(s.ledger().cells().total() == s.now());
}

TEST_CASE("lines read or written while warm are there afterwards, and only those") {
    const TimingConfig config = config_of(GENERATE(PipelineKind::OutOfOrder, PipelineKind::InOrder));
    Stream s{config};
    s.begin_warm_up();
    (void)chase(s, 50);
    for (u64 i = 50; i < 100; ++i) s.run(store(1, 9), {kFar + i * 64});
    s.end_warm_up();
    const u64 hits = chase(s, 100);
    CHECK(s.count(Event::L1D_CACHE_REFILL) == 0);
    CHECK(hits <= 100 * config.memory.l1d_latency + 5);
    Stream cold{config};
    CHECK(chase(cold, 100) > 5 * hits);
}

TEST_CASE("a predictor that was kept warm knows a branch that always goes the same way") {
    const TimingConfig config = config_of(GENERATE(PipelineKind::OutOfOrder, PipelineKind::InOrder));
    const auto wrong_after = [&](int warm_branches) {
        Stream s{config};
        s.begin_warm_up();
        for (int i = 0; i < warm_branches; ++i) {
            s.set_pc(0x1000);
            s.branch(OpClass::BranchCond, 0x1100, true);
        }
        s.end_warm_up();
        s.set_pc(0x1000);
        s.branch(OpClass::BranchCond, 0x1100, true);
        return s.count(Event::BR_MIS_PRED);
    };
    CHECK(wrong_after(500) == 0);
    CHECK(wrong_after(0) == 1);
}

TEST_CASE("a translation that was under way when warming began is done when it ends") {
    Stream s{config_of(GENERATE(PipelineKind::OutOfOrder, PipelineKind::InOrder))};
    s.run(load(3, 9), {0x80000});
    s.begin_warm_up();
    s.run(load(1, 9), {0x80000, 8, walk({kFar}, 5, 6)});
    s.end_warm_up();
    const u64 before = s.now();
    s.run(load(1, 9), {0x80000, 8, l1_hit(5)});
    s.run(load(2, 1), {0x80000, 8, l1_hit(5)});
    s.run({OpClass::AluShift, {4}, {2}});
    CHECK(s.now() - before <= 12);
}

TEST_CASE("a prefetcher that was kept warm knows the strides of two instructions apart") {
    TimingConfig config = config_of(GENERATE(PipelineKind::OutOfOrder, PipelineKind::InOrder));
    config.memory.l1d_prefetch = {.kind = PrefetchKind::Stride, .degree = 2, .distance = 4};
    Stream s{config};
    const auto read_both = [&s](u64 i) {
        s.set_pc(0x1000);
        s.run(load(1, 9), {kFar + i * 2 * 64});
        s.set_pc(0x2000);
        s.run(load(1, 9), {2 * kFar + i * 3 * 64});
    };
    s.begin_warm_up();
    for (u64 i = 0; i < 8; ++i) read_both(i);
    s.end_warm_up();
    read_both(8);
    CHECK(s.count(Event::L1D_CACHE_REFILL) == 0);
}
