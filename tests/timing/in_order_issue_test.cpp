// In-order issue: widths, which instructions pair, operands, long units, redirects. Expected cycles are computed from the
// configuration.
#include "tests/support/catch.h"
#include "tests/timing/in_order_cores.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;

namespace {

constexpr u64 kLine = 0x80000;

// Cycles that 600 rounds of `body` take once the line that it touches is in L1D.
template <class Body>
u64 cycles_of_600(const TimingConfig& config, Body&& body) {
    Stream s{config};
    s.run(load(1, 9), {kLine});
    s.dsb();
    return s.cycles_of(600, [&] { body(s); });
}

void mul(Stream& s) {
    s.run({OpClass::Mul32, {20}, {21}});
}
void not_taken(Stream& s) {
    s.branch(OpClass::BranchCond, 0x1000, false);
}
void load_line(Stream& s) {
    s.run(load(22, 23), {kLine});
}
void store_line(Stream& s) {
    s.run(store(24, 23), {kLine});
}

}  // namespace

TEST_CASE("in order: a chain of single-cycle operations takes one cycle each") {
    const TimingConfig config = GENERATE(cortex_a53(), cortex_a55(), cortex_a510());
    CHECK(cycles_of_600(config, [](Stream& s) { s.run(alu(1, {1})); }) == 600);
}

TEST_CASE("in order: independent single-cycle operations issue at the core's width") {
    const TimingConfig config = GENERATE(cortex_a53(), cortex_a55(), cortex_a510());
    CHECK(cycles_of_600(config, [](Stream& s) { s.run(alu(1)); }) == 600 / config.core.issue_width);
}

TEST_CASE("in order: instructions that find their units taken wait for the next cycle") {
    struct Pair {
        const char* title;
        void (*body)(Stream&);
        u64 a53, a55, a510;  // cycles of 600 rounds
    };
    const Pair pairs[] = {
        {"a load and an addition", [](Stream& s) { load_line(s), s.run(alu(1)); }, 600, 600, 400},
        {"a load and a store", [](Stream& s) { load_line(s), store_line(s); }, 1200, 600, 600},
        {"two loads", [](Stream& s) { load_line(s), load_line(s); }, 1200, 1200, 600},
        {"two stores", [](Stream& s) { store_line(s), store_line(s); }, 1200, 1200, 1200},
        {"two loads and an addition", [](Stream& s) { load_line(s), load_line(s), s.run(alu(1)); }, 1200, 1200, 600},
        {"two multiplications", [](Stream& s) { mul(s), mul(s); }, 1200, 1200, 1200},
        {"a multiplication and an addition", [](Stream& s) { mul(s), s.run(alu(1)); }, 600, 600, 600},
        {"two branches", [](Stream& s) { not_taken(s), not_taken(s); }, 1200, 1200, 1200},
        {"a comparison and its branch", [](Stream& s) { s.run({OpClass::AluFlags, {32}, {1}}), not_taken(s); }, 600, 600,
         600},
    };
    for (const Pair& p : pairs) {
        DYNAMIC_SECTION(p.title) {
            CHECK(cycles_of_600(cortex_a53(), p.body) == p.a53);
            CHECK(cycles_of_600(cortex_a55(), p.body) == p.a55);
            CHECK(cycles_of_600(cortex_a510(), p.body) == p.a510);
        }
    }
}

TEST_CASE("in order: an access wider than the path to L1D issues over several cycles") {
    const auto pair_of_registers = [](Stream& s) { s.run({OpClass::LoadPair, {1, 2}, {9}}, {kLine, 16}); };
    CHECK(cycles_of_600(cortex_a53(), pair_of_registers) == 1200);
    CHECK(cycles_of_600(cortex_a510(), pair_of_registers) == 300);
}

// Measured on Cortex-A53 by the instruction benchmarks of daniestevez/qsdr: 1, 2, 3 and 4 cycles for chains of 2 to 5.
TEST_CASE("in order: two dependent additions issue together where the second can execute a stage later") {
    const auto chain = [](const TimingConfig& config, int length) {
        Stream s{config};
        s.dsb();
        const u64 first = s.now();
        for (int i = 0; i < length; ++i) s.run(alu(1, {1}));
        return s.now() - first + 1;
    };
    for (int length = 2; length <= 5; ++length) {
        CHECK(chain(cortex_a53(), length) == static_cast<u64>(length) - 1);
        CHECK(chain(cortex_a510(), length) == static_cast<u64>(length));
    }
}

// Measured on Cortex-A55 (LLVM's llvm-mca tests): 1.5 instructions per cycle.
TEST_CASE("in order: an addition, a dependent mask and a load at that index take two cycles") {
    CHECK(cycles_of_600(cortex_a55(), [](Stream& s) {
              s.run(alu(8, {8}));
              s.run(alu(12, {8}));
              s.run({OpClass::Load, {14}, {10, 12}}, {kLine});
          }) == 1200);
}

TEST_CASE("in order: dependent operations wait for the latency of their class") {
    const TimingConfig config = cortex_a53();
    const LatencyConfig& l = config.core.latency;
    const auto [op_class, latency] = GENERATE_COPY(table<OpClass, u64>({{OpClass::AluShift, l.alu_shift},
                                                                        {OpClass::Mul32, l.mul32},
                                                                        {OpClass::Mul64, l.mul64},
                                                                        {OpClass::Div32, l.div32},
                                                                        {OpClass::Div64, l.div64},
                                                                        {OpClass::FpAdd, l.fp_add},
                                                                        {OpClass::FpDiv, l.fp_div}}));
    const Instruction chained{op_class, {1}, {1}};
    CHECK(cycles_of_600(config, [&](Stream& s) { s.run(chained); }) == 600 * latency);
}

TEST_CASE("in order: a loaded value can be an address after the L1D latency, and an operand a stage before it") {
    const TimingConfig config = cortex_a53();
    const u64 latency = config.memory.l1d_latency;
    CHECK(cycles_of_600(config, [](Stream& s) { s.run(load(1, 1), {kLine}); }) == 600 * latency);
    const auto after_load = [&](const Instruction& user) {
        Stream s{config};
        s.run(load(1, 9), {kLine});
        s.dsb();
        const u64 issued = s.now();
        s.run(load(1, 9), {kLine});
        s.run(user, {kLine});
        return s.now() - issued;
    };
    CHECK(after_load(load(2, 1)) == latency);
    CHECK(after_load(alu(2, {1})) == latency - config.core.in_order.alu_skew);
    CHECK(after_load(store(1, 9)) == latency - config.core.in_order.data_skew);
    CHECK(after_load(store(9, 1)) == latency);
}

TEST_CASE("in order: an instruction that waits holds those behind it") {
    const TimingConfig config = cortex_a53();
    const u64 latency = config.core.latency.div64;
    CHECK(cycles_of_600(config, [](Stream& s) {
              s.run({OpClass::Div64, {1}, {1}});
              s.run({OpClass::AluShift, {2}, {1}});
              for (int i = 0; i < 10; ++i) s.run(alu(3));
          }) == 600 * (latency + 5));  // 11 instructions after the division, two a cycle, the next beside the last
}

TEST_CASE("in order: the divider takes one division at a time, and nothing else waits unless the core says so") {
    TimingConfig config = cortex_a53();
    const u64 latency = config.core.latency.div32;
    const auto divide_and_add = [](Stream& s) {
        s.run({OpClass::Div32, {1}, {2}});
        for (int i = 0; i < 6; ++i) s.run(alu(3));
    };
    CHECK(cycles_of_600(config, [](Stream& s) { s.run({OpClass::Div32, {1}, {2}}); }) == 600 * latency);
    CHECK(cycles_of_600(config, divide_and_add) == 600 * latency);
    config.core.in_order.blocking_divide = true;
    CHECK(cycles_of_600(config, divide_and_add) == 600 * (latency + 3));
}

TEST_CASE("in order: a wrongly predicted branch costs its penalty") {
    const TimingConfig config = GENERATE(cortex_a53(), cortex_a510());
    Stream s{config};
    for (int i = 0; i < 400; ++i) {
        s.set_pc(0x1800);
        not_taken(s);
        s.run(nop());
    }
    s.set_pc(0x1800);
    s.branch(OpClass::BranchCond, 0x1000, true);
    const u64 issued = s.now();
    s.run(nop());
    CHECK(s.now() - issued == config.core.latency.branch + config.core.mispredict_penalty);
}

TEST_CASE("in order: a taken branch leaves the rest of its fetch group unused") {
    const auto loop = [](Stream& s) {
        s.set_pc(0x1000);
        s.run(nop());
        s.branch(OpClass::Branch, 0x1000);
    };
    CHECK(cycles_of_600(cortex_a510(), loop) == 600);
    CHECK(cycles_of_600(cortex_a510(), [](Stream& s) { s.run(nop()), s.run(nop()); }) == 400);
}

TEST_CASE("in order: context synchronisation refetches what follows") {
    const TimingConfig config = cortex_a55();
    const auto next_after = [&](auto&& what) {
        Stream s{config};
        what(s);
        const u64 then = s.now();
        s.run(nop());
        return s.now() - then;
    };
    CHECK(next_after([](Stream& s) { s.run({OpClass::Isb, {}, {}}); }) == config.core.isb.mid);
    CHECK(next_after([](Stream& s) { s.exception(0x1400); }) == config.core.exception_entry.mid);
    CHECK(next_after([](Stream& s) { s.eret(0x1000, 0); }) == config.core.eret.mid);
    CHECK(next_after([](Stream& s) { s.interrupt(0x1480); }) == config.core.exception_entry.mid);
}

TEST_CASE("in order: equal instructions give equal times") {
    const auto trace = [] {
        Stream s{cortex_a55()};
        std::vector<u64> stamps;
        u64 seed = 1;
        for (int i = 0; i < 5000; ++i) {
            seed = seed * 6364136223846793005 + 1442695040888963407;
            const u64 pa = (seed >> 33) & 0xfffff8;
            switch (seed >> 61) {
                case 0: s.run(store(1, 2), {pa}); break;
                case 1: s.run(load(static_cast<u8>(seed >> 40 & 7), 3), {pa, 8, walk({pa & ~u64{7}}, 1, 2)}); break;
                case 2: s.branch(OpClass::BranchCond, 0x1000, (seed >> 50 & 1) != 0); break;
                default: s.run(alu(static_cast<u8>(seed >> 40 & 7), {static_cast<u8>(seed >> 45 & 7)})); break;
            }
            stamps.push_back(s.now());
        }
        return stamps;
    };
    CHECK(trace() == trace());
}
