// The cycles that hang on estimated figures are counted apart: what an estimate adds to a run, it adds to
// sim.cycles.estimated, and documented figures add nothing there.
#include <functional>

#include "tests/support/catch.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;

namespace {

constexpr u64 kFar = u64{1} << 32;
constexpr int kRounds = 300;

struct Use {
    const char* title;
    std::function<void(TimingConfig&, u64)> lengthen;  // the figure that the code uses
    std::function<void(Stream&, int)> code;
};

struct Outcome {
    u64 cycles;
    u64 estimated;
};

Outcome measure(const Use& use, PipelineKind pipeline, u64 more) {
    TimingConfig config = without_prefetch();
    config.core.pipeline = pipeline;
    use.lengthen(config, more);
    Stream s{config};
    for (int i = 0; i < kRounds; ++i) use.code(s, i);
    const LedgerCells& cells = s.ledger().cells();
    u64 by_cause = 0;
    for (std::size_t c = 0; c < kCauseCount; ++c) {
        CHECK(cells.estimated(static_cast<Cause>(c)) <= cells.total(static_cast<Cause>(c)));
        by_cause += cells.estimated(static_cast<Cause>(c));
    }
    CHECK(by_cause == s.count(mmu::Event::SIM_CYCLES_ESTIMATED));
    return {s.now(), by_cause};
}

void lengthen(Estimate& e, u64 more) {
    e.mid += more;
    e.high += more;
}

std::vector<Use> estimates() {
    return {
        {"ISB", [](TimingConfig& c, u64 n) { lengthen(c.core.isb, n); },
         [](Stream& s, int) {
             s.run({OpClass::Isb, {}, {}});
             s.run(nop());
         }},
        {"exceptions", [](TimingConfig& c, u64 n) { lengthen(c.core.exception_entry, n); },
         [](Stream& s, int) {
             s.exception(0x1400);
             s.eret(0x1000, 0);
         }},
        {"ERET", [](TimingConfig& c, u64 n) { lengthen(c.core.eret, n); },
         [](Stream& s, int) {
             s.exception(0x1400);
             s.eret(0x1000, 0);
         }},
        {"DSB", [](TimingConfig& c, u64 n) { lengthen(c.core.dsb_nsh, n); }, [](Stream& s, int) { s.dsb(); }},
        {"TLBI", [](TimingConfig& c, u64 n) { lengthen(c.core.tlbi_local, n); },
         [](Stream& s, int) { s.tlbi(arch::Shareability::NonShareable); }},
        {"late branch targets", [](TimingConfig& c, u64 n) { lengthen(c.core.btb_miss_penalty, n); },
         [](Stream& s, int i) {
             s.set_pc(0x1000);
             s.run(nop());
             s.branch(OpClass::Branch, 0x2000 + static_cast<u64>(i % 2) * 0x100);
         }},
        {"walk overhead", [](TimingConfig& c, u64 n) { lengthen(c.translation.walk_overhead, n); },
         [](Stream& s, int) { s.run(load(1, 1), {0x80000, 8, walk({0x81000})}); }},
        {"MSR", [](TimingConfig& c, u64 n) { lengthen(c.core.latency.msr, n); },
         [](Stream& s, int) { s.run({OpClass::Msr, {}, {1}}); }},
        {"atomics", [](TimingConfig& c, u64 n) { lengthen(c.core.latency.atomic, n); },
         [](Stream& s, int) { s.run({OpClass::Atomic, {1}, {1}}, {0x80000}); }},
    };
}

std::vector<Use> published() {
    return {
        {"L1D latency", [](TimingConfig& c, u64 n) {
             c.memory.l1d_latency += n;
             c.memory.l2_latency += n;
             c.memory.l3_latency += n;
         },
         [](Stream& s, int) { s.run(load(1, 1), {0x80000}); }},
        {"DRAM latency", [](TimingConfig& c, u64 n) { c.memory.dram_latency_ns += static_cast<double>(n); },
         [](Stream& s, int i) { s.run(load(1, 1), {kFar + static_cast<u64>(i) * 4096}); }},
        {"misprediction", [](TimingConfig& c, u64 n) { c.core.mispredict_penalty += n; },
         [](Stream& s, int i) {
             s.set_pc(0x1000);
             s.run(nop());
             s.branch(OpClass::BranchIndirect, 0x2000 + static_cast<u64>(i) * 64);
         }},
        {"division", [](TimingConfig& c, u64 n) { c.core.latency.div64 += n; },
         [](Stream& s, int) {
             s.run({OpClass::Div64, {1}, {1}});
         }},
    };
}

}  // namespace

TEST_CASE("what an estimate adds to a run is counted as estimated") {
    const auto pipeline = GENERATE(PipelineKind::OutOfOrder, PipelineKind::InOrder);
    for (const Use& use : estimates()) {
        INFO(use.title << (pipeline == PipelineKind::OutOfOrder ? ", out of order" : ", in order"));
        const Outcome as_is = measure(use, pipeline, 0);
        const Outcome longer = measure(use, pipeline, 20);
        const auto added = static_cast<double>(longer.cycles - as_is.cycles);
        REQUIRE(added > 10 * kRounds);
        CHECK(static_cast<double>(longer.estimated - as_is.estimated) == Approx(added).epsilon(0.1));
    }
}

TEST_CASE("figures that somebody published add nothing to the estimated cycles") {
    const auto pipeline = GENERATE(PipelineKind::OutOfOrder, PipelineKind::InOrder);
    for (const Use& use : published()) {
        INFO(use.title << (pipeline == PipelineKind::OutOfOrder ? ", out of order" : ", in order"));
        const Outcome as_is = measure(use, pipeline, 0);
        const Outcome longer = measure(use, pipeline, 20);
        REQUIRE(longer.cycles - as_is.cycles > 10 * kRounds);
        CHECK(longer.estimated == as_is.estimated);
    }
}
